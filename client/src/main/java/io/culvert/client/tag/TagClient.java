package io.culvert.client.tag;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.ClientLoop;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the {@code tag} protocol: a server knows it by a tag, by which others can dial it.
 *
 * <pre>{@code
 * InetSocketAddress server = ServerAddress.parse("rendezvous.example", TagClient.DEFAULT_PORT).resolveIpv4();
 * try (TagClient client = TagClient.register(server, Optional.of("alice"), TagListener.NOBODY);
 *     Link bob = client.dial("k3f9x2m", Duration.ofSeconds(30)).link()) {
 *   bob.send("hello".getBytes(UTF_8));
 * }
 * }</pre>
 *
 * Thread-safe. Owns one daemon thread, which lives until the client and all its links are closed.
 */
public final class TagClient implements AutoCloseable {
  /** The server's UDP port when none is named. */
  public static final int DEFAULT_PORT = 20_000;

  private static final Logger log = LoggerFactory.getLogger(TagClient.class);
  private static final int FORBIDDEN = 403;
  private static final int MAX_CALLS = 16;
  private static final int MAX_REMEMBERED_CALLS = 256;

  private final InetSocketAddress server;
  private final TagListener listener;
  private final ClientLoop clientLoop = new ClientLoop("culvert-tag-client");
  private final EventLoop loop = clientLoop.loop();
  private final Registration registration;
  // What follows is confined to the event loop.
  private final Set<Caller> callers = new HashSet<>();
  private final Map<String, Callee> callees = new HashMap<>();
  private final Map<String, Status> refusals = new LinkedHashMap<>();
  private boolean closed;

  private TagClient(InetSocketAddress server, Optional<String> name, TagListener listener) {
    this.server = server;
    this.listener = listener;
    this.registration = new Registration(loop, server, name, new Observer());
  }

  /**
   * Registers at a server, waiting at most some 6 s for it.
   *
   * @param server its IPv4 address
   * @param name to be shown to people, 1 to 64 bytes of UTF-8
   * @throws CulvertException when the server does not answer
   * @throws IllegalArgumentException when that cannot be a name
   */
  public static TagClient register(
      InetSocketAddress server, Optional<String> name, TagListener listener)
      throws CulvertException, InterruptedException {
    name.ifPresent(TagClient::checkTag);
    TagClient client = new TagClient(server, name, listener);
    try {
      CompletableFuture<String> registered = new CompletableFuture<>();
      client.loop.execute(() -> forward(client.registration.start(), registered));
      await(registered);
      return client;
    } catch (CulvertException | InterruptedException e) {
      client.close();
      throw e;
    }
  }

  /**
   * Whether that can be a tag, or a name.
   *
   * @throws IllegalArgumentException when it is empty, longer than 64 bytes of UTF-8, or no text
   */
  public static void checkTag(String tag) {
    TagMessage.requireId(tag);
  }

  /** By what others can dial this client; the server may change it when it has forgotten us. */
  public String tag() {
    return registration.tag();
  }

  /**
   * The tags of others that are online, as many as the server tells.
   *
   * @throws CulvertException when the server does not answer
   */
  public List<String> list() throws CulvertException, InterruptedException {
    CompletableFuture<List<String>> tags = new CompletableFuture<>();
    onLoop(tags, () -> registration.list(tags));
    return await(tags);
  }

  /**
   * Dials a tag, and opens a connection through both NATs. An interrupt ends the waiting.
   *
   * @param patience how long the callee may take to answer; the punch takes up to 20 s more
   * @throws CulvertException when no connection comes of it
   * @throws IllegalArgumentException when that is no tag
   */
  public TagConnection dial(String tag, Duration patience)
      throws CulvertException, InterruptedException {
    CompletableFuture<TagConnection> connection = dialAsync(tag, patience);
    try {
      return await(connection);
    } catch (InterruptedException e) {
      connection.cancel(false);
      throw e;
    }
  }

  /**
   * The same without waiting. The future ends with a connection or a {@link CulvertException}, on
   * the client's event loop: what depends on it must not block there. A connection that comes after
   * the future was cancelled is closed.
   *
   * @throws IllegalArgumentException when that is no tag
   */
  public CompletableFuture<TagConnection> dialAsync(String tag, Duration patience) {
    checkTag(tag);
    CompletableFuture<TagConnection> connection = new CompletableFuture<>();
    onLoop(connection, () -> dial(tag, patience, connection));
    return connection;
  }

  /** Is known no more. Calls that are being connected end; connections live on. */
  @Override
  public void close() {
    onLoop(new CompletableFuture<>(), this::closeInLoop);
  }

  private void dial(String tag, Duration patience, CompletableFuture<TagConnection> result) {
    if (closed) {
      result.completeExceptionally(closedMeanwhile());
      return;
    }
    Caller caller = new Caller(clientLoop, server, registration, tag);
    callers.add(caller);
    caller
        .result()
        .whenComplete((connection, why) -> {
          callers.remove(caller);
          boolean taken =
              why == null ? result.complete(connection) : result.completeExceptionally(why);
          if (!taken && connection != null) {
            connection.link().abort();
          }
        });
    caller.start(patience);
  }

  private void closeInLoop() {
    if (closed) {
      return;
    }
    closed = true;
    registration.close();
    Set.copyOf(callers).forEach(caller -> caller.cancel(closedMeanwhile()));
    List.copyOf(callees.values()).forEach(callee -> callee.cancel(closedMeanwhile()));
    clientLoop.close();
  }

  private void knocked(Knock knock) {
    Callee callee = callees.get(knock.token());
    Status refused = refusals.get(knock.token());
    if (callee != null) {
      callee.knockedAgain(knock);
    } else if (refused != null) {
      refuse(knock, refused);
    } else {
      refusal(knock.caller())
          .ifPresentOrElse(
              why -> {
                Status status = Status.of(FORBIDDEN, why);
                remember(knock.token(), status);
                refuse(knock, status);
              },
              () -> take(knock));
    }
  }

  private Optional<String> refusal(InetSocketAddress caller) {
    if (callees.size() >= MAX_CALLS) {
      return Optional.of("has too many calls");
    }
    try {
      return listener.refusal(caller);
    } catch (RuntimeException e) {
      log.error("The listener failed; a call is refused.", e);
      return Optional.of("cannot take calls");
    }
  }

  private void refuse(Knock knock, Status status) {
    registration.reply(
        new KnockAnswer(knock.mid(), knock.token(), status, OptionalInt.empty(), Optional.empty()));
  }

  private void remember(String token, Status status) {
    refusals.put(token, status);
    if (refusals.size() > MAX_REMEMBERED_CALLS) {
      refusals.remove(refusals.keySet().iterator().next());
    }
  }

  private void take(Knock knock) {
    Callee callee = new Callee(clientLoop, server, knock);
    callees.put(knock.token(), callee);
    callee
        .result()
        .whenComplete((connection, why) -> {
          callees.remove(knock.token());
          remember(knock.token(), Status.of(FORBIDDEN, "has taken that call before"));
          tellListener(knock.caller(), connection, why);
        });
    callee.start();
  }

  private void tellListener(
      InetSocketAddress caller, @Nullable TagConnection connection, @Nullable Throwable why) {
    try {
      if (connection != null) {
        listener.onConnection(connection);
      } else if (why instanceof CulvertException e && e.reason() != Reason.CLOSED) {
        listener.onFailure(caller, e);
      }
    } catch (RuntimeException e) {
      log.error("The listener failed; what it was told of a call is lost.", e);
      if (connection != null) {
        connection.link().abort();
      }
    }
  }

  private <T> void onLoop(CompletableFuture<T> result, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(closedMeanwhile());
    }
  }

  private static <T> void forward(CompletableFuture<T> from, CompletableFuture<T> to) {
    from.whenComplete((value, why) -> {
      if (why == null) {
        to.complete(value);
      } else {
        to.completeExceptionally(why);
      }
    });
  }

  private static CulvertException closedMeanwhile() {
    return new CulvertException(Reason.CLOSED, "This client was closed meanwhile.");
  }

  private static <T> T await(CompletableFuture<T> future)
      throws CulvertException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CulvertException why) {
        throw why;
      }
      throw new IllegalStateException("ends in a result or a CulvertException", e);
    }
  }

  private final class Observer implements Registration.Observer {
    @Override
    public void knocked(Knock knock) {
      TagClient.this.knocked(knock);
    }

    @Override
    public void registeredAgain(String tag) {
      listener.onRegisteredAgain(tag);
    }

    @Override
    public void offline(CulvertException why) {
      listener.onOffline(why);
    }
  }
}
