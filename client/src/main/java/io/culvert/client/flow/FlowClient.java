package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A person's presence in the {@code flow} protocol: logged in and online, to call and be called.
 * Goes online again by itself when the server was away.
 *
 * <pre>{@code
 * FlowLogin login = new FlowLogin(
 *     ServerAddress.parse("flow.example", FlowClient.DEFAULT_PORT), "alice", new Password("…"));
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
@SuppressWarnings("DoNotCallSuggester") // the next commits fill it in
public final class FlowClient implements AutoCloseable {
  /** The account server's port when none is named. */
  public static final int DEFAULT_PORT = 3375;

  private FlowClient() {}

  /**
   * Logs in and goes online, waiting at most some 15 s for it.
   *
   * @throws CulvertException when the login is refused or the server cannot be reached
   */
  public static FlowClient online(FlowLogin login, FlowListener listener)
      throws CulvertException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /**
   * Logs in without being online, waiting at most some 15 s for it.
   *
   * @throws CulvertException when the login is refused or the server cannot be reached
   */
  public static FlowSession login(FlowLogin login) throws CulvertException, InterruptedException {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /** Who is online, as the server writes it. */
  public String account() {
    throw new UnsupportedOperationException();
  }

  /** The present login; the token may be another one after the client was offline. */
  public FlowSession session() {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }

  /**
   * The same without waiting. The future ends with a connection or a {@link CulvertException}, on
   * the client's event loop: what depends on it must not block there. Cancelling it hangs up.
   *
   * @throws IllegalArgumentException when that is no name of an account
   */
  public CompletableFuture<FlowConnection> callAsync(String peer, Duration ringing) {
    throw new UnsupportedOperationException();
  }

  /**
   * Goes offline, without logging out. A call that has not led to a connection yet is hung up;
   * connections live on.
   */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
