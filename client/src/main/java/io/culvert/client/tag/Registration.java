package io.culvert.client.tag;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.Backoff;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.net.PunchSockets;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.FromServer;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.ListTags;
import io.culvert.wire.tag.TagMessage.Refused;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.TagList;
import io.culvert.wire.transport.SocketError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Keeps a client known to the server. Confined to the event loop, except for {@link #tag}. */
final class Registration implements TagSocket.Receiver {
  private static final Duration FIRST_HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration HEARTBEATS = Duration.ofSeconds(15);

  /** Who is told what becomes of it. */
  interface Observer {
    void knocked(Knock knock);

    void registeredAgain(String tag);

    void offline(CulvertException why);
  }

  private final EventLoop loop;
  private final InetSocketAddress server;
  private final Optional<String> name;
  private final Observer observer;
  private final TagSocket socket = new TagSocket(this);
  private final Requests requests;
  private final Backoff backoff = new Backoff();
  private final CompletableFuture<String> first = new CompletableFuture<>();
  private @Nullable Channel channel;
  private @Nullable Future<?> next;
  private Optional<InetSocketAddress> lan = Optional.empty();
  private volatile String tag = "";
  private boolean online;
  private boolean closed;

  Registration(EventLoop loop, InetSocketAddress server, Optional<String> name, Observer observer) {
    this.loop = loop;
    this.server = server;
    this.name = name;
    this.observer = observer;
    this.requests = new Requests(loop, socket, server);
  }

  /** Registers; the future is done when the server has answered, or with why it has not. */
  CompletableFuture<String> start() {
    ChannelFuture binding = DatagramSockets.open(loop, 0, socket);
    if (PunchSockets.noneOpened(binding)) {
      noSocket(binding.cause());
    } else {
      binding.addListener((ChannelFuture bound) -> {
        if (bound.isSuccess()) {
          channel = bound.channel();
          int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
          lan =
              DatagramSockets.localAddressTowards(server)
                  .map(ip -> new InetSocketAddress(ip, port));
          register();
        } else {
          noSocket(bound.cause());
        }
      });
    }
    return first;
  }

  /** By what others can dial this client, as far as the server has said. */
  String tag() {
    return tag;
  }

  /** The server has forgotten us; empty when it answers, else the reason why it does not. */
  void registerAgain(Runnable then, Consumer<String> failed) {
    requests.send(
        this::registerRequest,
        answer -> {
          boolean isAnswer = registerAnswered(answer);
          if (isAnswer) {
            then.run();
          }
          return isAnswer;
        },
        failed);
  }

  /** The tags of others that are online. */
  void list(CompletableFuture<List<String>> result) {
    requests.send(
        mid -> new ListTags(mid, tag),
        answer ->
            switch (answer) {
              case TagList(long _, List<String> tags, boolean _) -> result.complete(tags);
              case Refused(TagMessage.Request request, long _, Status status)
                  when request == TagMessage.Request.LIST ->
                  result.completeExceptionally(refused(status));
              default -> false;
            },
        sentence ->
            result.completeExceptionally(
                new CulvertException(Reason.SERVER_UNREACHABLE, sentence)));
  }

  /** Says to the server that its request has arrived. */
  void reply(TagMessage.ToServer message) {
    socket.send(message, server);
  }

  void close() {
    closed = true;
    requests.cancel();
    cancelNext();
    if (channel != null) {
      channel.close();
    }
  }

  @Override
  public void message(TagMessage message, InetSocketAddress from) {
    if (!from.equals(server) || closed) {
      return; // a stranger
    }
    switch (message) {
      case Knock knock -> observer.knocked(knock);
      case FromServer answer -> requests.answered(answer);
      case TagMessage.ToServer _, TagMessage.BetweenPeers _ -> {} // not for a client
    }
  }

  @Override
  public void data(byte[] datagram, InetSocketAddress from) {
    // Nobody speaks anything else to this port.
  }

  private void register() {
    requests.send(this::registerRequest, this::registerAnswered, this::unreachable);
  }

  private TagMessage.ToServer registerRequest(long mid) {
    return new Register(mid, name, lan);
  }

  private boolean registerAnswered(FromServer answer) {
    switch (answer) {
      case Registered(long _, String given) -> registered(given);
      case Refused(TagMessage.Request request, long _, Status status)
          when request == TagMessage.Request.REGISTER ->
          offline(refused(status));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void registered(String given) {
    boolean again = first.isDone();
    boolean changed = !given.equals(tag);
    tag = given;
    backoff.reset();
    if (!again) {
      first.complete(given);
    } else if (changed || !online) {
      observer.registeredAgain(given);
    }
    online = true;
    // At once, so that the server knows that we receive what it sends; then as the protocol says.
    heartbeat();
    schedule(FIRST_HEARTBEAT, this::beat);
  }

  private void beat() {
    heartbeat();
    schedule(HEARTBEATS, this::beat);
  }

  private void heartbeat() {
    requests.send(
        mid -> new Heartbeat(mid, tag),
        answer -> {
          if (answer instanceof Refused(TagMessage.Request request, long _, Status _)
              && request == TagMessage.Request.HEARTBEAT) {
            register();
            return true;
          }
          return answer instanceof HeartbeatAccepted;
        },
        this::unreachable);
  }

  private void unreachable(String sentence) {
    offline(new CulvertException(Reason.SERVER_UNREACHABLE, sentence));
  }

  private void offline(CulvertException why) {
    if (closed) {
      return;
    }
    if (!first.isDone()) {
      first.completeExceptionally(why);
      return;
    }
    if (online) {
      online = false;
      observer.offline(why);
    }
    requests.cancel();
    schedule(backoff.nextPause(), this::register);
  }

  private void schedule(Duration pause, Runnable task) {
    cancelNext();
    if (!closed) {
      next = loop.schedule(task, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void cancelNext() {
    if (next != null) {
      next.cancel(false);
    }
  }

  private void noSocket(Throwable why) {
    first.completeExceptionally(
        new CulvertException(
            Reason.SERVER_UNREACHABLE,
            "No socket can be opened: " + SocketError.explain(why) + "."));
  }

  private CulvertException refused(Status status) {
    return new CulvertException(
        Reason.SERVER_UNREACHABLE,
        "The server %s does not want to: %s."
            .formatted(
                Requests.show(server), status.reason().orElse("its code is " + status.code())));
  }
}
