package io.culvert.client.peer;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.HttpProxy;
import io.culvert.client.Proxies;
import io.culvert.client.ServerAddress;
import io.culvert.client.flow.Credential;
import io.culvert.client.flow.FlowClient;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.flow.Signals;
import io.culvert.client.ice.PeerPort;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.NetworkWatch;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.quic.Deadline;
import io.culvert.client.quic.Identity;
import io.culvert.client.quic.KnownPeers;
import io.culvert.client.quic.KnownServers;
import io.culvert.client.quic.Mailbox;
import io.culvert.client.quic.QuicTransports;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One's place in the world of an account server: online, to connect to others by name and to be
 * connected to.
 *
 * <pre>{@code
 * try (Peer alice = Peer.builder().server("rendezvous.example").account("alice", password).open();
 *     Connection bob = alice.connect("bob")) {
 *   …
 * }
 * }</pre>
 *
 * <p>Thread-safe. Has two daemon threads, one for signals and one for everything else.
 */
public final class Peer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Peer.class);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration RELAY_PATIENCE = Duration.ofSeconds(1);
  private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

  /** No server forgets sooner than after so long what it has agreed with us. */
  private static final Duration FORGETFUL = Duration.ofMinutes(1);

  /** Somewhat more than a router has for an answer. */
  private static final Duration ROUTER_PATIENCE = Duration.ofMillis(2500);

  /** Who connects to us is kept for so many whom nobody has accepted yet. */
  private static final int BACKLOG = 128;

  private final QuicTransports transports;
  private final boolean portMapping;
  private final ClientLoop signalLoop = new ClientLoop("culvert-peer-signals");
  private final EventLoopGroup group = Transport.best().eventLoops(1, "culvert-peer");
  private final IoEventLoop loop = (IoEventLoop) group.next();
  private final PeerPort port = new PeerPort(loop, this::freshRelay);
  private final Signals signals;
  private final PeerCalls calls;
  private final Mailbox<Connection> incoming = new Mailbox<>(BACKLOG, "Nobody has connected");
  private final Surroundings surroundings = new Surroundings();
  private @Nullable NetworkWatch watch;
  private volatile boolean closed;

  private Peer(Builder builder, FlowLogin login, Identity identity) {
    this.transports = new QuicTransports(loop, identity);
    this.portMapping = builder.portMapping;
    this.signals = new Signals(signalLoop, login, new Incoming());
    PeerTrust trust =
        new PeerTrust(login.server(), new KnownPeers(builder.directory.resolve("known_peers")));
    this.calls = new PeerCalls(loop, port, transports, trust, BACKLOG, new Calls());
    loop.execute(() -> { // which also starts its thread, in the network of whoever opens this
      Rehearsal.once(transports);
    });
  }

  /** Says who one is and where, and goes online. */
  public static Builder builder() {
    return new Builder();
  }

  /** What a peer needs to know. */
  public static final class Builder {
    private @Nullable ServerAddress server;
    private @Nullable String account;
    private @Nullable Credential credential;
    private TlsPolicy tls = TlsPolicy.REQUIRED;
    private ServerTrust trust = new ServerTrust.Authorities();
    private @Nullable Proxies proxies;
    private boolean portMapping = true;
    private Path directory = Path.of(System.getProperty("user.home"), ".config", "culvert");

    private Builder() {}

    /**
     * The account server.
     *
     * @param address {@code HOST} or {@code HOST:PORT}
     * @throws IllegalArgumentException when it is neither
     */
    public Builder server(String address) {
      server = ServerAddress.parse(address, FlowClient.DEFAULT_PORT);
      return this;
    }

    /** Who one is. */
    public Builder account(String name, String password) {
      account = name;
      credential = new Credential.Password(password);
      return this;
    }

    /**
     * Which server to believe; by default one whose certificate an authority vouches for. With
     * {@link ServerTrust.FirstUse} the one that is met first is remembered in {@code known_servers}
     * in the {@link #directory}, and no other is believed from then on.
     */
    public Builder trust(TlsPolicy policy, ServerTrust server) {
      tls = policy;
      trust = server;
      return this;
    }

    /**
     * What leads to the server and its relay when they cannot be reached directly; by default what
     * {@code https_proxy} and {@code no_proxy} say in the environment.
     *
     * @param address {@code http://[USER:PASSWORD@]HOST[:PORT]}
     * @throws IllegalArgumentException when it is not of that form
     */
    public Builder proxy(URI address) {
      proxies = Proxies.by(HttpProxy.of(address));
      return this;
    }

    /** All of that at once. */
    public Builder login(FlowLogin login) {
      server = login.server();
      account = login.account();
      credential = login.credential();
      proxies = login.proxies();
      return trust(login.tls(), login.trust());
    }

    /**
     * Where the identity is kept, and what peers and servers have shown; by default {@code
     * ~/.config/culvert}.
     */
    public Builder directory(Path path) {
      directory = path;
      return this;
    }

    /**
     * Whether the router here is asked to let peers in at a port, by PCP, NAT-PMP or UPnP; by
     * default it is. It has that port back when the peer is closed.
     */
    public Builder portMapping(boolean wanted) {
      portMapping = wanted;
      return this;
    }

    /**
     * Logs in and goes online, which takes 30 s at most.
     *
     * @throws CulvertException when the login is refused, or the server cannot be reached or is not
     *     the one to be believed
     * @throws IOException when the identity cannot be read or made, or known servers cannot be read
     *     or remembered; the message is a sentence
     */
    public Peer open() throws IOException, InterruptedException {
      if (server == null || account == null || credential == null) {
        throw new IllegalStateException("a peer needs a server and an account");
      }
      Proxies detours = proxies == null ? Proxies.ofEnvironment() : proxies;
      Identity identity = Identity.keptIn(directory.resolve("identity.pem"));
      ServerMemory memory =
          new ServerMemory(
              new KnownServers(directory.resolve("known_servers")),
              new FlowLogin(server, account, credential, tls, trust, detours));
      Peer peer = new Peer(this, memory.login(), identity);
      try {
        await(peer.start(), PATIENCE.toNanos());
        memory.met(peer.signals.serverSecurity());
        return peer;
      } catch (IOException e) {
        peer.close();
        throw memory.explained(e);
      } catch (InterruptedException e) {
        peer.close();
        throw e;
      }
    }
  }

  private CompletableFuture<Void> start() {
    return CompletableFuture.supplyAsync(signals::start, signalLoop.loop())
        .thenCompose(started -> started)
        .thenComposeAsync(_ -> signals.stunServers(), signalLoop.loop())
        .thenAcceptAsync(
            servers -> {
              if (closed) {
                throw new CompletionException(PeerCalls.isClosed());
              }
              try {
                port.whenInDoubt(surroundings::networkChanged);
                port.whenMoved(() -> signalLoop.execute(signals::moved));
                port.open(servers);
                if (port.allAreOnThisMachine()) {
                  transports.stayWithinMachine();
                }
                transports.prepare();
                watch = NetworkWatch.open(loop, surroundings);
                if (portMapping) {
                  port.askRouter(signalLoop);
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            loop)
        .thenComposeAsync(_ -> signals.relay(), signalLoop.loop())
        .thenComposeAsync(relay -> relay.map(this::relayed).orElse(NOTHING), loop);
  }

  /** Whoever calls or is called at once has an address there by then, as a rule. */
  private CompletableFuture<Void> relayed(RelayedPort.Access relay) {
    port.relayBy(relay);
    return port.relayIsKnown()
        .completeOnTimeout(null, RELAY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The name of the account. */
  public String account() {
    return signals.account();
  }

  /** Our identity, as others may compare it. */
  public String fingerprint() {
    return transports.identity().fingerprint().attribute();
  }

  /**
   * Connects to a peer that is online, waiting for it for 30 s at most.
   *
   * @throws CulvertException when there is no connection to be had; the message says why
   */
  public Connection connect(String peer) throws IOException, InterruptedException {
    return connect(peer, PATIENCE);
  }

  /** The same with another time. */
  public Connection connect(String peer, Duration patience)
      throws IOException, InterruptedException {
    long nanos = TimeUnit.NANOSECONDS.convert(patience); // which has no end if there can be none
    CompletableFuture<Connection> connection = connectAsync(peer);
    try {
      return await(connection, nanos);
    } catch (IOException | InterruptedException e) {
      boolean isTooLate = !connection.cancel(false) && !connection.isCompletedExceptionally();
      if (isTooLate) {
        connection.join().close();
      }
      throw e;
    }
  }

  /**
   * The same without waiting: ends within 60 s, with a connection or a {@link CulvertException}, on
   * a thread that must not block. Cancelling it gives up.
   *
   * <pre>{@code
   * List<CompletableFuture<Connection>> all = names.stream().map(alice::connectAsync).toList();
   * }</pre>
   *
   * @throws IllegalArgumentException when that is no name of an account
   */
  public CompletableFuture<Connection> connectAsync(String peer) {
    if (!FlowMessage.isAccount(peer)) {
      throw new IllegalArgumentException("\"" + peer + "\" cannot be the name of an account");
    }
    CompletableFuture<Connection> result = new CompletableFuture<>();
    try {
      loop.execute(() -> call(peer, result));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(PeerCalls.isClosed());
    }
    return result;
  }

  /**
   * The next connection that a peer has made to us, waiting for it.
   *
   * @throws CulvertException when there will be none any more: this peer has been closed, or the
   *     server does not want it any longer
   */
  public Connection accept() throws IOException, InterruptedException {
    return incoming.take(new Deadline(null));
  }

  /** The same for so long at most; empty when there is none. */
  public Optional<Connection> accept(Duration patience) throws IOException, InterruptedException {
    try {
      return Optional.of(incoming.take(new Deadline(patience)));
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    }
  }

  /**
   * Goes offline; all connections end. Where the router has opened a port this waits until it has
   * closed it, two seconds at most, but not on a thread that must not block.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    incoming.end(PeerCalls::isClosed);
    CompletableFuture<Void> routerHasItsPortBack = new CompletableFuture<>();
    loop.execute(() -> {
      if (watch != null) {
        watch.close();
      }
      calls.close();
      port.close().thenRun(() -> routerHasItsPortBack.complete(null));
      signalLoop.execute(signals::close); // behind what the peers are told
    });
    group.shutdownGracefully(1, 3, TimeUnit.SECONDS);
    if (!loop.inEventLoop() && !signalLoop.loop().inEventLoop()) {
      waitFor(routerHasItsPortBack);
    }
  }

  /** The threads are daemons: a process that ends before would leave the router's port open. */
  private static void waitFor(CompletableFuture<Void> routerHasItsPortBack) {
    try {
      routerHasItsPortBack.get(ROUTER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.debug("The router has not said that it has closed our port");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // it has only one way to end
    }
  }

  private static <T> T await(CompletableFuture<T> future, long nanos)
      throws IOException, InterruptedException {
    try {
      return future.get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CulvertException(
          Reason.NOT_ANSWERED,
          "Nothing came of it in %d s.".formatted(TimeUnit.NANOSECONDS.toSeconds(nanos)));
    } catch (ExecutionException e) {
      throw reason(e);
    }
  }

  private static IOException reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause instanceof IOException why ? why : new IOException(failure);
  }

  private void call(String peer, CompletableFuture<Connection> result) {
    if (peer.equals(signals.account())) {
      result.completeExceptionally(
          new CulvertException(Reason.PEER_OFFLINE, "%s is you yourself.".formatted(peer)));
    } else {
      calls.call(signals.account(), peer, result);
    }
  }

  /** What lets us use the relay from now on. */
  private CompletableFuture<RelayedPort.Access> freshRelay() {
    return CompletableFuture.supplyAsync(signals::freshRelay, signalLoop.loop())
        .thenCompose(asked -> asked)
        .thenApply(Optional::orElseThrow);
  }

  /** What happens around us, told on our loop. */
  private final class Surroundings implements NetworkWatch.Observer {
    @Override
    public void networkChanged() {
      port.networkChanged();
      signalLoop.execute(signals::networkChanged);
    }

    @Override
    public void slept(Duration time) {
      networkChanged();
      if (time.compareTo(FORGETFUL) > 0) {
        port.renewRelay();
      }
    }
  }

  /** What becomes of calls. */
  private final class Calls implements PeerCalls.Observer {
    @Override
    public CompletableFuture<Boolean> tell(CallData data) {
      CompletableFuture<Boolean> told = new CompletableFuture<>();
      if (!signalLoop.execute(() -> told.complete(signals.tell(data)))) {
        told.complete(false);
      }
      return told;
    }

    @Override
    public void unanswered() {
      signalLoop.execute(signals::networkChanged);
    }

    @Override
    public boolean accepted(Connection connection) {
      return incoming.offer(connection);
    }
  }

  /** What the server says, handed on to our loop. */
  private final class Incoming implements Signals.Observer {
    @Override
    public void offered(Offer offer) {
      loop.execute(() -> calls.offered(offer));
    }

    @Override
    public void ended(End end) {
      loop.execute(() -> calls.ended(end));
    }

    @Override
    public void undelivered(long sessionId) {
      loop.execute(() -> calls.undelivered(sessionId));
    }

    @Override
    public void offline(CulvertException why) {
      // Connections live on without the server.
    }

    @Override
    public void online() {
      loop.execute(() -> {
        port.relayAgain();
        calls.sayAll();
      });
    }

    @Override
    public void ended(CulvertException why) {
      // There are no calls any more; connections live on.
      incoming.end(() -> why);
    }
  }
}
