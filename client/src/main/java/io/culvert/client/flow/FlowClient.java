package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.ClientLoop;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.flow.FlowMessage.Relay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A person's presence in the {@code flow} protocol: logged in and online, to call and be called.
 * Goes online again by itself when the server was away.
 *
 * <pre>{@code
 * FlowLogin login = new FlowLogin(
 *     ServerAddress.parse("flow.example", FlowClient.DEFAULT_PORT),
 *     "alice",
 *     new Credential.Password("…"),
 *     TlsPolicy.REQUIRED,
 *     new ServerTrust.Authorities());
 * try (FlowClient client = FlowClient.online(login, FlowListener.NOBODY);
 *     Link bob = client.call("bob", Duration.ofSeconds(40)).link()) {
 *   bob.send("hello".getBytes(UTF_8));
 * }
 * }</pre>
 *
 * <p>There is one call at a time: who calls meanwhile is told that this client is busy, until the
 * connection is closed.
 *
 * <p>Thread-safe. Owns one daemon thread, which lives until the client and its connections are
 * closed.
 */
public final class FlowClient implements AutoCloseable {
  /** The account server's port when none is named. */
  public static final int DEFAULT_PORT = 3375;

  private static final Logger log = LoggerFactory.getLogger(FlowClient.class);
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** The protocol's. */
  private static final Duration RINGING = Duration.ofSeconds(40);

  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final ClientLoop loop;
  private final FlowListener listener;
  private final Presence presence;
  private final Line line;

  private FlowClient(ClientLoop loop, FlowLogin login, FlowListener listener) {
    this.loop = loop;
    this.listener = listener;
    this.presence = new Presence(loop, login, new Observer());
    this.line = new Line(loop, presence, RINGING, this::called);
  }

  /**
   * Logs in and goes online, waiting at most some 15 s for it.
   *
   * @throws CulvertException when the login is refused or the server cannot be reached
   */
  public static FlowClient online(FlowLogin login, FlowListener listener)
      throws CulvertException, InterruptedException {
    FlowClient client = new FlowClient(new ClientLoop("culvert-flow-client"), login, listener);
    try {
      await(login, client.loop, client.presence::start);
      return client;
    } catch (CulvertException | InterruptedException e) {
      client.close();
      throw e;
    }
  }

  /**
   * Logs in without being online, waiting at most some 15 s for it.
   *
   * @throws CulvertException when the login is refused or the server cannot be reached
   */
  public static FlowSession login(FlowLogin login) throws CulvertException, InterruptedException {
    return alone(login, logins -> logins.logIn(login.credential())).session();
  }

  /**
   * Has the server forget a token, waiting at most some 15 s for it. Whoever is online with it is
   * so no longer.
   *
   * @param login with a {@link Credential.Token}
   * @throws CulvertException when the token is not good any more, which is {@code LOGIN_REFUSED},
   *     or the server cannot be reached
   * @throws IllegalArgumentException when the credential is a password
   */
  public static void logout(FlowLogin login) throws CulvertException, InterruptedException {
    if (!(login.credential() instanceof Credential.Token token)) {
      throw new IllegalArgumentException("only a token can be logged out");
    }
    alone(login, logins -> logins.logOut(token));
  }

  /** Who is online, as the server writes it. */
  public String account() {
    return session().account();
  }

  /** The present login; the token may be another one after the client was offline. */
  public FlowSession session() {
    return presence.account().session();
  }

  /**
   * Calls, and waits for the answer and the connection. An interrupt ends the waiting and hangs up.
   *
   * @param ringing how long to wait for an answer, which callees give within 40 s; the connection
   *     takes up to 15 s more
   * @throws CulvertException when no connection comes of it: {@code PEER_OFFLINE}, {@code
   *     NOT_ANSWERED}, {@code BUSY} (the peer, or this client itself), {@code REFUSED}, {@code
   *     HUNG_UP}, {@code NOT_PUNCHED}, {@code SERVER_LOST} (this client is offline at the moment)
   *     or {@code CLOSED}
   * @throws IllegalArgumentException when that is no name of an account
   */
  public FlowConnection call(String peer, Duration ringing)
      throws CulvertException, InterruptedException {
    CompletableFuture<FlowConnection> connection = callAsync(peer, ringing);
    try {
      return connection.get();
    } catch (InterruptedException e) {
      connection.cancel(false);
      throw e;
    } catch (ExecutionException e) {
      throw Why.of(cause(e));
    }
  }

  /**
   * The same without waiting. The future ends with a connection or a {@link CulvertException}, on
   * the client's event loop: what depends on it must not block there. Cancelling it hangs up.
   *
   * @throws IllegalArgumentException when that is no name of an account
   */
  public CompletableFuture<FlowConnection> callAsync(String peer, Duration ringing) {
    if (!FlowMessage.isAccount(peer)) {
      throw new IllegalArgumentException("\"" + peer + "\" cannot be the name of an account");
    }
    CompletableFuture<FlowConnection> connection = new CompletableFuture<>();
    if (!loop.execute(() -> line.call(peer, ringing, connection))) {
      connection.completeExceptionally(Why.closed());
    }
    return connection;
  }

  /**
   * Goes offline, without logging out. A call that has not led to a connection yet is hung up;
   * connections live on. Waits at most 1 s until the peers have been told.
   */
  @Override
  public void close() {
    CompletableFuture<Void> quiet = new CompletableFuture<>();
    boolean open =
        loop.execute(() -> {
          line.close().thenRun(() -> quiet.complete(null));
          loop.close();
        });
    if (open && !loop.loop().inEventLoop()) {
      quiet.completeOnTimeout(null, LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS).join();
    }
  }

  /** Talks to the account server on an event loop that is there for nothing else. */
  private static <T> T alone(FlowLogin login, Function<Logins, CompletableFuture<T>> talk)
      throws CulvertException, InterruptedException {
    ClientLoop loop = new ClientLoop("culvert-flow-login");
    try {
      return await(login, loop, () -> talk.apply(new Logins(loop, login)));
    } finally {
      loop.execute(loop::close);
    }
  }

  private static <T> T await(FlowLogin login, ClientLoop loop, Supplier<CompletableFuture<T>> talk)
      throws CulvertException, InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(() ->
        talk.get()
            .whenComplete((value, why) -> {
              if (why == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(Why.of(why));
              }
            }));
    try {
      return result.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw Why.of(cause(e));
    } catch (TimeoutException e) {
      throw new CulvertException(
          Reason.SERVER_UNREACHABLE, "The server %s does not answer.".formatted(login.server()));
    }
  }

  private static Throwable cause(ExecutionException e) {
    return e.getCause() == null ? e : e.getCause();
  }

  private void called(Callee callee) {
    try {
      listener.onCall(new IncomingCall(loop, callee));
    } catch (RuntimeException e) {
      log.error("The listener failed; a call is refused.", e);
      callee.decline(EndMode.REFUSE);
    }
  }

  private void tellListener(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      log.error("The listener failed.", e);
    }
  }

  private final class Observer implements Presence.Observer {
    @Override
    public void signalled(Relay signal) {
      line.signalled(signal);
    }

    @Override
    public void signalFailed(Relay.Kind kind, long sessionId) {
      line.signalFailed(kind);
    }

    @Override
    public void onlineAgain() {
      tellListener(listener::onOnlineAgain);
    }

    @Override
    public void offline(CulvertException why) {
      tellListener(() -> listener.onOffline(why));
    }

    @Override
    public void ended(CulvertException why) {
      tellListener(() -> listener.onEnded(why));
    }
  }
}
