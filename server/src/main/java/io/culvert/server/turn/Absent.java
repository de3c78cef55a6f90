package io.culvert.server.turn;

import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;

/**
 * Nobody to send to any more: a client that an allocation has been taken away from, to another loop
 * or by the end of a connection, and whose next address is not known yet. Says where it was.
 */
final class Absent extends Client {
  private final ClientTransport transport;
  private final Endpoint remote;
  private final Endpoint local;

  Absent(Client before) {
    transport = before.transport();
    remote = before.remote();
    local = before.local();
  }

  @Override
  public ClientTransport transport() {
    return transport;
  }

  @Override
  public Endpoint remote() {
    return remote;
  }

  @Override
  public Endpoint local() {
    return local;
  }

  /** It is lost. */
  @Override
  public boolean send(ByteBuf bytes, int index, int length) {
    return false;
  }
}
