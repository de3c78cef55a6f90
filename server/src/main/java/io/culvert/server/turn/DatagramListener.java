package io.culvert.server.turn;

import io.culvert.server.tls.dtls.DtlsFront;
import io.culvert.server.tls.dtls.DtlsSession;
import io.culvert.server.tls.dtls.DtlsUser;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.culvert.wire.transport.udp.EndpointMap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One of the server's ports as clients over UDP find it. Keeps nothing of a client that has no
 * allocation. Confined to the thread of its loop.
 */
final class DatagramListener implements DatagramPort.Receiver {
  /** Of clients that have proved their address; who comes when that is full comes again. */
  private static final int MAX_POSTPONED = 1024;

  private final Turn turn;
  private final Executor executor;
  private final EndpointMap<Client> clients;
  private final Stranger stranger = new Stranger();
  private @Nullable DatagramPort port;
  private @Nullable Discovery discovery;
  private @Nullable DtlsFront dtls;
  private int postponed;

  /**
   * Not open yet.
   *
   * @param executor runs tasks on the loop
   * @param seed a random number that nobody outside knows
   */
  DatagramListener(Turn turn, Executor executor, long seed) {
    this.turn = turn;
    this.executor = executor;
    this.clients = new EndpointMap<>(seed);
  }

  void opened(DatagramPort its) {
    port = its;
  }

  /** What is encrypted is that front's to read. */
  void encrypt(DtlsFront front) {
    dtls = front;
  }

  /** Somebody who has begun a session. */
  DtlsUser begun(DtlsSession session) {
    return new DtlsClient(turn, session, port().localAddress());
  }

  /** Ends all sessions, then the socket. */
  void close() {
    if (dtls != null) {
      dtls.close();
    }
    port().close();
  }

  /** There are other ports to discover NATs with. */
  void discovery(Discovery its) {
    discovery = its;
  }

  boolean sharesAddress(DatagramListener other) {
    Endpoint its = other.port().localAddress();
    return port().localAddress().is(its.high(), its.low(), port().localAddress().port());
  }

  boolean sharesPortNumber(DatagramListener other) {
    return port().localAddress().port() == other.port().localAddress().port();
  }

  /** How many clients are kept: those with an allocation. */
  int clients() {
    return clients.size();
  }

  DatagramPort port() {
    return Objects.requireNonNull(port);
  }

  @Override
  public void received(ByteBuf buffer, int index, int length, long high, long low, int remotePort) {
    if (dtls != null && length > 0 && DtlsFront.isDtls(buffer.getUnsignedByte(index))) {
      dtls.received(buffer, index, length, high, low, remotePort);
      return;
    }
    turn.received(client(high, low, remotePort), buffer, index, length);
  }

  /** Whoever that is at this moment. */
  private Client client(long high, long low, int remotePort) {
    Client client = clients.get(high, low, remotePort);
    return client == null ? stranger.at(high, low, remotePort) : client;
  }

  private void postpone(Endpoint client, ByteBuf message, CompletableFuture<?> settled) {
    if (postponed == MAX_POSTPONED) {
      return;
    }
    postponed++;
    ByteBuf copy =
        Unpooled.copiedBuffer(message.slice(message.readerIndex(), message.readableBytes()));
    settled.whenCompleteAsync(
        (result, failure) -> {
          postponed--;
          turn.resumed(client(client.high(), client.low(), client.port()), copy, failure == null);
        },
        executor);
  }

  /** A client that is not there any more; its allocation ends when it is not refreshed. */
  @Override
  public void unreachable(Endpoint to, int type, int code, int data) {}

  /** Somebody who sends to this port. */
  private abstract class Sender extends Client {
    @Override
    public ClientTransport transport() {
      return ClientTransport.UDP;
    }

    @Override
    public Endpoint local() {
      return port().localAddress();
    }

    @Override
    public boolean send(ByteBuf bytes, int index, int length) {
      port().send(bytes, index, length, remote());
      return true;
    }

    @Override
    protected void postpone(ByteBuf message, CompletableFuture<?> settled) {
      DatagramListener.this.postpone(remote(), message, settled);
    }

    @Override
    protected @Nullable Endpoint other() {
      DatagramListener other =
          discovery == null ? null : discovery.from(DatagramListener.this, true, true);
      return other == null ? null : other.port().localAddress();
    }

    @Override
    protected @Nullable Client answerer(
        boolean fromOtherAddress, boolean fromOtherPort, int responsePort) {
      DatagramListener from =
          discovery == null
              ? null
              : discovery.from(DatagramListener.this, fromOtherAddress, fromOtherPort);
      Endpoint client = remote();
      boolean elsewhere = responsePort != Request.ABSENT;
      Endpoint to = elsewhere ? new Endpoint(client.high(), client.low(), responsePort) : client;
      return from == null ? null : from.new Known(to);
    }
  }

  /** Whoever has sent the datagram at hand and has no allocation. */
  private final class Stranger extends Sender {
    private long high;
    private long low;
    private int remotePort;
    private @Nullable Endpoint remote;

    Client at(long itsHigh, long itsLow, int itsPort) {
      high = itsHigh;
      low = itsLow;
      remotePort = itsPort;
      remote = null;
      return this;
    }

    @Override
    public Endpoint remote() {
      Endpoint known = remote;
      if (known == null) {
        known = new Endpoint(high, low, remotePort);
        remote = known;
      }
      return known;
    }

    @Override
    protected Client lasting() {
      Known known = new Known(remote());
      clients.put(known.remote(), known);
      return known;
    }
  }

  /** A client with an allocation. */
  private final class Known extends Sender {
    private final Endpoint remote;

    Known(Endpoint remote) {
      this.remote = remote;
    }

    @Override
    public Endpoint remote() {
      return remote;
    }

    @Override
    protected void released() {
      clients.remove(remote);
    }
  }
}
