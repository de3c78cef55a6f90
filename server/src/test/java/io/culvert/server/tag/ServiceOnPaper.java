package io.culvert.server.tag;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.net.Counters;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tag.TagCodec;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The service without sockets, in virtual time. */
final class ServiceOnPaper {
  /** What the service has sent; {@code socket} is the name of the one it left through. */
  record Sent(String socket, InetSocketAddress to, String json, Duration at) {
    int length() {
      return json.getBytes(StandardCharsets.UTF_8).length;
    }

    TagMessage message() {
      try {
        return TagCodec.decode(Unpooled.copiedBuffer(json, StandardCharsets.UTF_8));
      } catch (MalformedMessageException e) {
        throw new AssertionError(json, e);
      }
    }
  }

  static final TagKey KEY = new TagKey(new byte[] {1, 2, 3});

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final Counters<TagCounter> counters = new Counters<>(TagCounter.class);
  private Instant now = START;
  private long mids = 1000;
  private final List<Sent> sent = new ArrayList<>();
  final TagService service = new TagService(KEY, () -> now, counters);

  static InetSocketAddress at(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  /** Everything sent since this was asked last. */
  List<Sent> sent() {
    List<Sent> copy = List.copyOf(sent);
    sent.clear();
    return copy;
  }

  /** All that was sent to one address since anybody asked, as messages. */
  List<TagMessage> sentTo(InetSocketAddress to) {
    return sent().stream().filter(s -> s.to().equals(to)).map(Sent::message).toList();
  }

  void receive(InetSocketAddress from, TagMessage message) {
    receive("main", from, message);
  }

  void receive(String socket, InetSocketAddress from, TagMessage message) {
    ByteBuf datagram = Unpooled.buffer();
    TagCodec.encode(message, datagram);
    receive(socket, from, datagram);
  }

  void receive(InetSocketAddress from, String json) {
    receive("main", from, Unpooled.copiedBuffer(json.replace('\'', '"'), StandardCharsets.UTF_8));
  }

  void receive(String socket, InetSocketAddress from, ByteBuf datagram) {
    Outlet outlet =
        (to, bytes) ->
            sent.add(
                new Sent(
                    socket,
                    to,
                    new String(bytes, StandardCharsets.UTF_8),
                    Duration.between(START, now)));
    service.receive(new Route(outlet, from), datagram);
  }

  /** Sends a request and takes its answer; what others get is left in {@link #sent}. */
  Sent ask(InetSocketAddress from, TagMessage request) {
    int before = sent.size();
    receive(from, request);
    List<Sent> answers =
        sent.subList(before, sent.size()).stream().filter(s -> s.to().equals(from)).toList();
    assertThat(answers).hasSize(1);
    sent.remove(answers.getFirst());
    return answers.getFirst();
  }

  /** The client's tag, which has proved nothing yet. */
  String register(InetSocketAddress from) {
    return register(from, Optional.empty());
  }

  String register(InetSocketAddress from, Optional<InetSocketAddress> lan) {
    Sent answer = ask(from, new Register(mid(), Optional.empty(), lan));
    return ((Registered) answer.message()).tag();
  }

  /** The tag of a client that has named it. */
  String prove(InetSocketAddress from) {
    String tag = register(from);
    beat(from, tag);
    return tag;
  }

  void beat(InetSocketAddress from, String tag) {
    assertThat(ask(from, new Heartbeat(mid(), tag)).message())
        .isInstanceOf(HeartbeatAccepted.class);
  }

  /** Whether the server trusts this address: to others a short request has a brief answer. */
  boolean isProved(InetSocketAddress from) {
    return ask(from, new Register(mid(), Optional.empty(), Optional.empty()))
        .json()
        .contains("\"code\"");
  }

  /** Dials and returns the token; what goes to the callee is left in {@link #sent}. */
  String dial(InetSocketAddress from, String callerTag, String calleeTag) {
    sent.clear();
    receive(from, new Dial(mid(), callerTag, calleeTag, Optional.empty()));
    Sent answer = sent.stream().filter(s -> s.to().equals(from)).findFirst().orElseThrow();
    sent.remove(answer);
    return ((Dialing) answer.message()).token();
  }

  long mid() {
    return mids++;
  }

  Instant now() {
    return now;
  }

  /** Lets time pass; the service is woken when it wants to be, and never else. */
  void pass(Duration time) {
    Instant end = now.plus(time);
    for (Optional<Instant> next = service.nextDeadline();
        next.isPresent() && !next.get().isAfter(end);
        next = service.nextDeadline()) {
      now = next.get();
      service.advance();
      assertThat(service.nextDeadline().orElse(Instant.MAX)).isAfter(now);
    }
    now = end;
  }

  long count(TagCounter counter) {
    return counters.snapshot().getOrDefault(counter, 0L);
  }
}
