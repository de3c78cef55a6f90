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
import io.culvert.client.net.RelayedPort;
import io.culvert.client.quic.Identity;
import io.culvert.client.quic.KnownPeers;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.traversal.ice.Role;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
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

  /** Somewhat more than a router has for an answer. */
  private static final Duration ROUTER_PATIENCE = Duration.ofMillis(2500);

  /** Who connects to us is kept for so many whom nobody has accepted yet. */
  private static final int BACKLOG = 64;

  private final ServerAddress server;
  private final Identity identity;
  private final KnownPeers knownPeers;
  private final boolean portMapping;
  private final ClientLoop signalLoop = new ClientLoop("culvert-peer-signals");
  private final EventLoopGroup group = Transport.best().eventLoops(1, "culvert-peer");
  private final IoEventLoop loop = (IoEventLoop) group.next();
  private final PeerPort port = new PeerPort(loop);
  private final Signals signals;
  private final SecureRandom random = new SecureRandom();
  private final List<PeerSession> sessions = new ArrayList<>();
  private final BlockingQueue<Connection> incoming = new LinkedBlockingQueue<>(BACKLOG);
  private volatile boolean closed;

  private Peer(Builder builder, FlowLogin login) throws IOException {
    this.server = login.server();
    this.identity = Identity.keptIn(builder.directory.resolve("identity.pem"));
    this.knownPeers = new KnownPeers(builder.directory.resolve("known_peers"));
    this.portMapping = builder.portMapping;
    this.signals = new Signals(signalLoop, login, new Incoming());
    port.relayAgainBy(this::freshRelay);
    loop.execute(() -> {}); // starts its thread, in the network of whoever opens this
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

    /** Which server to believe; by default one whose certificate an authority vouches for. */
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

    /** Where the identity is kept, and those of peers; by default {@code ~/.config/culvert}. */
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
     * Logs in and goes online.
     *
     * @throws CulvertException when the login is refused, or the server cannot be reached
     * @throws IOException when the identity cannot be read or made; the message is a sentence
     */
    public Peer open() throws IOException, InterruptedException {
      if (server == null || account == null || credential == null) {
        throw new IllegalStateException("a peer needs a server and an account");
      }
      Proxies detours = proxies == null ? Proxies.ofEnvironment() : proxies;
      Peer peer = new Peer(this, new FlowLogin(server, account, credential, tls, trust, detours));
      try {
        await(peer.start(), PATIENCE);
        return peer;
      } catch (IOException | InterruptedException e) {
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
              try {
                port.whenMoved(() -> signalLoop.execute(signals::moved));
                port.open(servers);
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
    return identity.fingerprint().attribute();
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
    CompletableFuture<Connection> connection = connectAsync(peer);
    try {
      return await(connection, patience);
    } finally {
      connection.cancel(false);
    }
  }

  /**
   * The same without waiting: ends with a connection or a {@link CulvertException}, on a thread
   * that must not block. Cancelling it gives up.
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
      result.completeExceptionally(isClosed());
    }
    return result;
  }

  /** The next connection that a peer has made to us, waiting for it. */
  public Connection accept() throws InterruptedException {
    return incoming.take();
  }

  /** The same for so long at most; empty when there is none. */
  public Optional<Connection> accept(Duration patience) throws InterruptedException {
    return Optional.ofNullable(incoming.poll(patience.toMillis(), TimeUnit.MILLISECONDS));
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
    CompletableFuture<Void> routerHasItsPortBack = new CompletableFuture<>();
    loop.execute(() -> {
      List.copyOf(sessions).forEach(session -> session.fail(isClosed()));
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

  private static CulvertException isClosed() {
    return new CulvertException(Reason.CLOSED, "This peer was closed meanwhile.");
  }

  private static <T> T await(CompletableFuture<T> future, Duration patience)
      throws IOException, InterruptedException {
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new CulvertException(
          Reason.NOT_ANSWERED, "Nothing came of it in %d s.".formatted(patience.toSeconds()));
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
    if (closed) {
      result.completeExceptionally(isClosed());
      return;
    }
    if (peer.equals(signals.account())) {
      result.completeExceptionally(
          new CulvertException(Reason.PEER_OFFLINE, "%s is you yourself.".formatted(peer)));
      return;
    }
    // A number that nobody else has needs no question to the server.
    long sessionId = random.nextLong(1, FlowMessage.MAX_SESSION_ID);
    PeerSession fresh =
        begin(
            new PeerSession.Ends(
                new Party(signals.account(), sessionId),
                new Party(peer, sessionId + 1),
                Role.CONTROLLING));
    fresh
        .result()
        .whenComplete((connection, why) -> {
          if (why != null) {
            result.completeExceptionally(why);
          } else if (!result.complete(connection)) {
            connection.close();
          }
        });
    result.whenComplete((_, _) -> {
      if (result.isCancelled()) {
        loop.execute(() -> fresh.fail(isClosed()));
      }
    });
    Offer call = fresh.offer();
    signalLoop.execute(() -> {
      if (!signals.tell(call)) {
        loop.execute(() -> fresh.fail(hasNoServer()));
      }
    });
  }

  private static CulvertException hasNoServer() {
    return new CulvertException(
        Reason.SERVER_LOST, "There is no connection to the server at the moment.");
  }

  private PeerSession begin(PeerSession.Ends ends) {
    PeerSession session = new PeerSession(loop, port, identity, ends, this::tell);
    sessions.add(session);
    session.whenOver(() -> {
      sessions.remove(session);
      tell(new End(ends.me(), ends.peer(), EndMode.HANG_UP));
    });
    return session;
  }

  private void tell(CallData data) {
    signalLoop.execute(() -> signals.tell(data));
  }

  /** What lets us use the relay from now on. */
  private CompletableFuture<RelayedPort.Access> freshRelay() {
    return CompletableFuture.supplyAsync(signals::freshRelay, signalLoop.loop())
        .thenCompose(asked -> asked)
        .thenApply(Optional::orElseThrow);
  }

  /** A signal of a peer, on our loop. */
  private void offered(Offer offer) {
    Optional<PeerSession> known =
        sessions.stream().filter(session -> session.isWith(offer.peer(), offer.me())).findFirst();
    Extensions extensions = offer.extensions();
    if (known.isPresent() && extensions.trickle()) {
      known.get().peerSaysMore(extensions);
    } else if (known.isPresent() && offer.kind() == Relay.Kind.ANSWER) {
      begin(known.get(), offer);
    } else if (known.isEmpty() && offer.kind() == Relay.Kind.CALL && !extensions.trickle()) {
      called(offer);
    }
  }

  private void called(Offer offer) {
    if (closed || offer.extensions().ice().isEmpty()) {
      tell(new End(offer.me(), offer.peer(), EndMode.REFUSE)); // it cannot encrypt
      return;
    }
    if (sessions.stream().filter(PeerSession::isBeginning).count() >= BACKLOG) {
      tell(new End(offer.me(), offer.peer(), EndMode.BUSY));
      return;
    }
    PeerSession session = begin(new PeerSession.Ends(offer.me(), offer.peer(), Role.CONTROLLED));
    session
        .result()
        .thenAccept(connection -> {
          if (!incoming.offer(connection)) {
            connection.close();
          }
        });
    begin(session, offer);
  }

  /** Believes the peer, if it is who it was before. */
  private void begin(PeerSession session, Offer offer) {
    onFiles(() -> believed(offer))
        .whenCompleteAsync(
            (fingerprint, why) -> {
              if (why != null) {
                session.fail(refusal(why));
                return;
              }
              session.begin(
                  offer,
                  fingerprint,
                  () ->
                      onFiles(() -> {
                        knownPeers.remember(server, offer.peer().account(), fingerprint);
                        return fingerprint;
                      }));
              if (offer.kind() == Relay.Kind.CALL) {
                tell(session.offer());
              }
            },
            loop);
  }

  /** Files are not for an event loop. */
  private static <T> CompletableFuture<T> onFiles(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("culvert-known-peers")
        .start(() -> {
          try {
            result.complete(task.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private static CulvertException refusal(Throwable why) {
    IOException reason = reason(why);
    return reason instanceof CulvertException known
        ? known
        : new CulvertException(
            Reason.PEER_NOT_TRUSTED, "The known peers cannot be read: " + reason.getMessage());
  }

  private Fingerprint believed(Offer offer) throws IOException {
    String name = offer.peer().account();
    Optional<String> told = offer.extensions().fingerprint();
    if (told.isEmpty() || offer.extensions().ice().isEmpty()) {
      throw new CulvertException(
          Reason.REFUSED, "The client of %s does not encrypt.".formatted(name));
    }
    Fingerprint fingerprint;
    try {
      fingerprint = Fingerprint.ofAttribute(told.get());
    } catch (IllegalArgumentException e) {
      throw new CulvertException(
          Reason.PEER_NOT_TRUSTED, "%s does not say who it is.".formatted(name));
    }
    knownPeers.check(server, name, fingerprint);
    return fingerprint;
  }

  private void undelivered(long sessionId) {
    sessions.stream()
        .filter(session -> session.isOurs(sessionId))
        .findFirst()
        .ifPresent(PeerSession::isOffline);
  }

  private void ended(End end) {
    sessions.stream()
        .filter(session -> session.isWith(end.peer(), end.me()))
        .findFirst()
        .ifPresent(PeerSession::endedByPeer);
  }

  private final class Incoming implements Signals.Observer {
    @Override
    public void offered(Offer offer) {
      loop.execute(() -> Peer.this.offered(offer));
    }

    @Override
    public void ended(End end) {
      loop.execute(() -> Peer.this.ended(end));
    }

    @Override
    public void undelivered(long sessionId) {
      loop.execute(() -> Peer.this.undelivered(sessionId));
    }

    @Override
    public void offline(CulvertException why) {
      // Connections live on without the server.
    }

    @Override
    public void online() {
      loop.execute(() -> {
        port.relayAgain();
        sessions.forEach(PeerSession::sayAll); // what was said meanwhile is lost
      });
    }

    @Override
    public void ended(CulvertException why) {
      // There are no calls any more; connections live on.
    }
  }
}
