package io.culvert.server.turn;

import io.culvert.server.tls.dtls.DtlsSession;
import io.culvert.server.tls.dtls.DtlsUser;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;

/** A client in a session of DTLS. */
final class DtlsClient extends Client implements DtlsUser {
  private final Turn turn;
  private final DtlsSession session;
  private final Endpoint local;

  DtlsClient(Turn turn, DtlsSession session, Endpoint local) {
    this.turn = turn;
    this.session = session;
    this.local = local;
  }

  @Override
  public ClientTransport transport() {
    return ClientTransport.DTLS;
  }

  @Override
  public Endpoint remote() {
    return session.client();
  }

  @Override
  public Endpoint local() {
    return local;
  }

  @Override
  public boolean send(ByteBuf bytes, int index, int length) {
    return session.send(bytes, index, length);
  }

  @Override
  public void received(ByteBuf buffer, int index, int length) {
    turn.received(this, buffer, index, length);
  }

  @Override
  public boolean isNeeded() {
    return allocation() != null;
  }

  @Override
  public void closed() {
    turn.gone(this);
  }
}
