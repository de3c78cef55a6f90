package io.culvert.server.turn;

import io.culvert.server.turn.tcp.TcpRelay;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.culvert.wire.transport.udp.DatagramOptions;
import io.culvert.wire.transport.udp.DatagramPort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop of the server, with its clients over UDP, their allocations and the sockets of
 * both; connections over streams come to it from outside. Only its thread uses it, but where a
 * method says otherwise.
 */
public final class RelayLoop {
  /** For bursts; the kernel may grant less. */
  private static final int LISTENER_BUFFER_BYTES = 4 << 20;

  private static final int RELAY_BUFFER_BYTES = 1 << 20;

  private static final DatagramOptions LISTENER =
      new DatagramOptions(false, LISTENER_BUFFER_BYTES, LISTENER_BUFFER_BYTES, false);

  private static final DatagramOptions SHARED_LISTENER =
      new DatagramOptions(true, LISTENER_BUFFER_BYTES, LISTENER_BUFFER_BYTES, false);

  private static final DatagramOptions RELAY =
      new DatagramOptions(false, RELAY_BUFFER_BYTES, RELAY_BUFFER_BYTES, true);

  private final IoEventLoop eventLoop;
  private final DatagramLoop datagrams;
  private final Resources resources;
  private final Encryption encryption;
  private final List<DatagramListener> listeners = new ArrayList<>();
  private final Turn turn;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private @Nullable Future<?> timer;

  /** Any thread may call this. */
  RelayLoop(
      IoEventLoop eventLoop,
      Resources resources,
      Encryption encryption,
      Authentication authentication) {
    this.encryption = encryption;
    this.eventLoop = eventLoop;
    this.resources = resources;
    this.datagrams = DatagramLoop.gathering(eventLoop);
    this.turn = new Turn(resources, new Sockets(), eventLoop, authentication, System::nanoTime);
  }

  /** Any thread may ask. */
  public IoEventLoop eventLoop() {
    return eventLoop;
  }

  /** Opens further ports of this loop, for clients that come in other ways. */
  public DatagramLoop datagrams() {
    return datagrams;
  }

  /**
   * A client has sent one message, or one ChannelData. Whatever its bytes, nothing is thrown.
   *
   * @param buffer valid until this returns; its indices may be changed
   */
  public void received(Client client, ByteBuf buffer, int index, int length) {
    turn.received(client, buffer, index, length);
  }

  /** A client's connection has ended, and with it its allocation. */
  public void gone(Client client) {
    turn.gone(client);
  }

  /** What has been relayed. Any thread may read it. */
  Traffic traffic() {
    return turn.traffic();
  }

  /** How many allocations there are. Any thread may ask. */
  int allocations() {
    return turn.allocations();
  }

  Turn turn() {
    return turn;
  }

  /**
   * Finds out whether an address can be had by nobody else.
   *
   * @throws IOException when it cannot
   */
  void probe(InetSocketAddress address) throws IOException {
    datagrams.open(address, LISTENER, new DatagramListener(turn, eventLoop, 0)).close();
  }

  /**
   * Receives from clients over UDP.
   *
   * @param shared whether other loops have the same address
   */
  void listen(InetSocketAddress address, boolean shared) throws IOException {
    DatagramListener listener = new DatagramListener(turn, eventLoop, resources.randomLong());
    DatagramPort port = datagrams.open(address, shared ? SHARED_LISTENER : LISTENER, listener);
    listener.opened(port);
    listener.encrypt(encryption.dtls(eventLoop, port::send, listener::begun));
    listeners.add(listener);
  }

  /** Clients may ask to be answered from any of these, which are all that this loop listens at. */
  void discover() {
    Discovery discovery = new Discovery();
    listeners.forEach(discovery::add);
  }

  /** Lets time pass. Any thread may call this. */
  void start() {
    timer = eventLoop.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  /** Of all loops: an allocation that follows its client to another one is never on none. */
  void tick() {
    turn.expire();
    if (resources.isDraining() && resources.quotas().inAll() == 0) {
      drained.complete(null);
    }
  }

  /**
   * Completes on this loop, within a second, when nothing new is allocated any more and nothing is
   * left on any loop, not even a port that is reserved. Any thread may call this.
   */
  CompletableFuture<Void> drained() {
    return drained;
  }

  /** Ends everything of this loop. */
  void stop() {
    if (timer != null) {
      timer.cancel(false);
    }
    turn.close();
    listeners.forEach(DatagramListener::close);
    datagrams.close();
  }

  private final class Sockets implements RelaySockets {
    @Override
    public DatagramPort open(InetSocketAddress address, DatagramPort.Receiver receiver)
        throws IOException {
      return datagrams.open(address, RELAY, receiver);
    }

    @Override
    public TcpRelay open(InetSocketAddress address, TcpRelay.Owner owner) throws IOException {
      return TcpRelay.open(eventLoop, address, owner, resources.unbound(), resources.randomLong());
    }
  }
}
