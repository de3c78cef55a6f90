package io.culvert.server.turn;

import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Entrance;
import io.culvert.server.net.Gate;
import io.culvert.server.net.ListenFailure;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.net.TcpService;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.stun.StunFrameDecoder;
import io.culvert.wire.transport.Transport;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/**
 * The ports that clients call, and the loops behind them: a connection belongs to one of the loops,
 * of a port of UDP every loop has a socket. One thread opens and closes them; everything else may
 * be called by any.
 */
final class TurnListeners implements AutoCloseable {
  private static final int MAX_CONNECTIONS_PER_ADDRESS = 1024;

  private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(32 << 10, 64 << 10);

  private final List<Listener> datagramListeners = new ArrayList<>();
  private final Resources resources;
  private final Encryption encryption;
  private final TcpService<TurnCounter> service;
  private final List<RelayLoop> loops;

  /**
   * Opens nothing yet.
   *
   * @param threads how many loops there are
   * @param authentications one for each loop
   */
  TurnListeners(
      int threads,
      Resources resources,
      Encryption encryption,
      Supplier<Authentication> authentications) {
    this.resources = resources;
    this.encryption = encryption;
    EventLoopGroup eventLoops = Transport.best().eventLoops(threads, "turn");
    service =
        new TcpService<>(
            eventLoops,
            MAX_CONNECTIONS_PER_ADDRESS,
            UNREAD,
            resources.counters(),
            TurnCounter.OVER_LIMIT);
    loops =
        StreamSupport.stream(eventLoops.spliterator(), false)
            .map(eventLoop ->
                new RelayLoop(
                    (IoEventLoop) eventLoop, resources, encryption, authentications.get()))
            .toList();
  }

  List<RelayLoop> loops() {
    return loops;
  }

  /**
   * Opens a port of TCP and the same of UDP on all addresses.
   *
   * @param name of the service, for people
   * @param configured the port, or 0 for any
   * @param setting where it has been configured
   * @return the port
   * @throws ServerStartException when it cannot be had
   */
  int open(List<InetAddress> addresses, String name, int configured, String setting)
      throws ServerStartException {
    int known = service.listeners().size();
    service.listen(name + " tcp", addresses, configured, setting, this::connected);
    int port = service.listeners().get(known).address().getPort();
    boolean hasIpv4Wildcard =
        addresses.stream().anyMatch(a -> a.isAnyLocalAddress() && !(a instanceof Inet6Address));
    for (InetAddress address : new LinkedHashSet<>(addresses)) {
      boolean mayLack =
          hasIpv4Wildcard && address.isAnyLocalAddress() && address instanceof Inet6Address;
      receive(new Listener(name + " udp", new InetSocketAddress(address, port)), setting, mayLack);
    }
    return port;
  }

  /**
   * Every loop gets a socket at that address. The first has it alone for a moment: if another
   * program has the port, nobody is to share it.
   */
  private void receive(Listener listener, String setting, boolean mayLack)
      throws ServerStartException {
    InetSocketAddress address = listener.address();
    boolean shared = loops.size() > 1;
    try {
      if (shared) {
        on(loops.getFirst(), () -> loops.getFirst().probe(address));
      }
      for (RelayLoop loop : loops) {
        on(loop, () -> loop.listen(address, shared));
      }
      datagramListeners.add(listener);
    } catch (IOException e) {
      if (!mayLack) {
        throw ListenFailure.of(listener.name(), address, setting, e);
      }
    }
  }

  /** Lets clients ask to be answered from another address or port, of all that are open. */
  void discover() throws ServerStartException {
    try {
      for (RelayLoop loop : loops) {
        on(loop, loop::discover);
      }
    } catch (IOException e) {
      throw new ServerStartException("turn: the start has been interrupted.", e);
    }
  }

  /** What is done on a loop, and waited for. */
  @FunctionalInterface
  private interface Task {
    void run() throws IOException;
  }

  private static void on(RelayLoop loop, Task task) throws IOException {
    Callable<Void> call =
        () -> {
          task.run();
          return null;
        };
    try {
      loop.eventLoop().submit(call).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("a loop cannot do what it is for", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void connected(ChannelPipeline pipeline) {
    for (RelayLoop loop : loops) {
      if (loop.eventLoop().equals(pipeline.channel().eventLoop())) {
        pipeline.addLast(encryption.tls().handler(ApplicationProtocol.TURN));
        pipeline.addLast(handlers(loop.turn(), resources));
        return;
      }
    }
    throw new IllegalStateException("a connection on no loop of ours");
  }

  /** What a connection goes through. */
  static ChannelHandler[] handlers(Turn turn, Resources resources) {
    ConnectionGuard<TurnCounter> guard =
        new ConnectionGuard<>(resources.counters(), TurnCounter.MALFORMED, TurnCounter.TIMED_OUT);
    Gate gate = new Gate();
    return new ChannelHandler[] {
      new StunFrameDecoder(StreamClient.STRANGERS_BYTES),
      gate,
      new StreamHandler(turn, gate, guard),
      guard
    };
  }

  /** For clients over TLS that come to another port. */
  Entrance entrance() {
    return service.entrance(this::connected);
  }

  /** What is open: first the sockets of TCP, then those of UDP. */
  List<Listener> all() {
    List<Listener> all = new ArrayList<>(service.listeners());
    all.addAll(datagramListeners);
    return all;
  }

  /** Ends the loops with everything on them and returns when that is done. */
  @Override
  public void close() {
    loops.forEach(loop -> loop.eventLoop().submit(loop::stop).awaitUninterruptibly());
    service.close();
  }
}
