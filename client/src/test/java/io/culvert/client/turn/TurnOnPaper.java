package io.culvert.client.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunReader;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An allocation in virtual time; the test is its server. */
final class TurnOnPaper implements TurnAllocation.Observer {
  static final InetSocketAddress SERVER = new InetSocketAddress("203.0.113.1", 3478);
  static final InetSocketAddress RELAYED = new InetSocketAddress("203.0.113.1", 50_000);
  static final TurnLogin LOGIN = new TurnLogin("alice", "secret");
  static final Realm REALM = new Realm("culvert");
  static final StunKey KEY = StunKey.longTerm(PasswordAlgorithm.MD5, "alice", "culvert", "secret");

  /** What was sent, where to, and when. */
  record Sent(ByteBuf datagram, InetSocketAddress to, Duration at) {
    StunMessage message() {
      try {
        return StunCodec.decode(datagram);
      } catch (MalformedMessageException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final List<Sent> sent = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final TurnAllocation allocation;
  private int confirmations;
  private Instant now = Instant.EPOCH;
  private StunKey key = KEY;
  private boolean sha256;

  TurnOnPaper() {
    this(Carrier.DATAGRAMS);
  }

  TurnOnPaper(Carrier carrier) {
    this(carrier, Families.IPV4);
  }

  TurnOnPaper(Carrier carrier, Families families) {
    allocation =
        new TurnAllocation(SERVER, LOGIN, carrier, families, new SplittableRandom(1), this);
  }

  /** What is sent so that the peer gets this; empty when it is not reached. */
  Optional<byte[]> wrap(byte[] data, InetSocketAddress peer) {
    if (!allocation.reaches(peer)) {
      return Optional.empty();
    }
    ByteBuf out = Unpooled.buffer();
    allocation.wrap(Unpooled.wrappedBuffer(data), 0, data.length, peer, out);
    return Optional.of(ByteBufUtil.getBytes(out));
  }

  TurnAllocation allocation() {
    return allocation;
  }

  Instant now() {
    return now;
  }

  /** Everything that was sent. */
  List<Sent> sent() {
    return List.copyOf(sent);
  }

  /** The last message that was sent. */
  StunMessage last() {
    return sent.getLast().message();
  }

  /** When messages of this method were sent, since the given time. */
  List<Duration> times(int method, Duration since) {
    return sent.stream()
        .filter(each -> each.at().compareTo(since) >= 0)
        .filter(each -> StunCodec.looksLikeStun(each.datagram()))
        .filter(each -> each.message().method() == method)
        .map(Sent::at)
        .toList();
  }

  /** What the observer was told, in words. */
  List<String> events() {
    return List.copyOf(events);
  }

  /** How often it was told that the server is still there. */
  int confirmations() {
    return confirmations;
  }

  TurnOnPaper begin() {
    allocation.begin(now);
    return this;
  }

  /** The server uses another key from now on. */
  TurnOnPaper vouchesWith(StunKey other, boolean withSha256) {
    key = other;
    sha256 = withSha256;
    return this;
  }

  /** Begins and gets an allocation of that life. */
  TurnOnPaper allocated(Duration life) {
    begin();
    fail(last(), 401, REALM, new Nonce("n1"));
    succeed(
        last(),
        new XorRelayedAddress(RELAYED),
        new Lifetime(life.toSeconds()),
        new XorMappedAddress(new InetSocketAddress("198.51.100.2", 4000)));
    assertThat(events).containsExactly("allocated " + RELAYED);
    return this;
  }

  /** Has a peer permitted. */
  TurnOnPaper withPermission(InetAddress peer) {
    allocation.permit(peer, now);
    succeed(last());
    return this;
  }

  /** The server does what the request wants. */
  void succeed(StunMessage request, StunAttribute... attributes) {
    hear(vouchedFor(request.answer(StunClass.SUCCESS, attributes)));
  }

  /** The server does not, and vouches for that. */
  void refuse(StunMessage request, int code, StunAttribute... attributes) {
    hear(vouchedFor(error(request, code, attributes)));
  }

  /** The server does not, or somebody else says so. */
  void fail(StunMessage request, int code, StunAttribute... attributes) {
    hear(bytes(error(request, code, attributes)));
  }

  private static StunMessage error(StunMessage request, int code, StunAttribute... attributes) {
    List<StunAttribute> all = new ArrayList<>(List.of(new ErrorCode(code, "Because")));
    all.addAll(List.of(attributes));
    return request.answer(StunClass.ERROR, all.toArray(StunAttribute[]::new));
  }

  boolean hear(byte[] datagram) {
    ByteBuf message = Unpooled.wrappedBuffer(datagram);
    return allocation.carries(message) || allocation.heard(message, now);
  }

  byte[] vouchedFor(StunMessage answer) {
    ByteBuf out = Unpooled.buffer();
    if (sha256) {
      new StunWriter().begin(out, answer).messageIntegritySha256(key);
    } else {
      new StunWriter().begin(out, answer).messageIntegrity(key);
    }
    return ByteBufUtil.getBytes(out);
  }

  static byte[] bytes(StunMessage message) {
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(message, out);
    return ByteBufUtil.getBytes(out);
  }

  /** Lets time pass, with nobody answering. */
  TurnOnPaper pass(Duration time) {
    Instant until = now.plus(time);
    while (allocation.nextDeadline().filter(at -> !at.isAfter(until)).isPresent()) {
      now = allocation.nextDeadline().orElseThrow();
      allocation.deadlineReached(now);
    }
    now = until;
    return this;
  }

  /** Lets time pass with a server that does nothing but keep the allocation. */
  TurnOnPaper passKept(Duration time) {
    Instant until = now.plus(time);
    while (allocation.nextDeadline().filter(at -> !at.isAfter(until)).isPresent()) {
      now = allocation.nextDeadline().orElseThrow();
      int before = sent.size();
      allocation.deadlineReached(now);
      sent.subList(before, sent.size()).stream()
          .map(Sent::message)
          .filter(message -> message.method() == StunMessage.REFRESH)
          .toList()
          .forEach(refresh -> succeed(refresh, new Lifetime(600)));
    }
    now = until;
    return this;
  }

  /** Whether the last message that was sent has an integrity of that type and with that key. */
  boolean isVouchedFor(int type, StunKey with) {
    assertThat(type).isIn(AttributeType.MESSAGE_INTEGRITY, AttributeType.MESSAGE_INTEGRITY_SHA256);
    StunReader reader = new StunReader();
    @Nullable Boolean right = null;
    try {
      reader.open(sent.getLast().datagram());
      while (reader.next()) {
        if (reader.type() == type) {
          right = reader.integrityIsRight(with);
        }
      }
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
    return right != null && right;
  }

  @Override
  public void send(byte[] datagram, InetSocketAddress server) {
    sent.add(
        new Sent(Unpooled.wrappedBuffer(datagram), server, Duration.between(Instant.EPOCH, now)));
  }

  @Override
  public void allocated(List<InetSocketAddress> relayed) {
    events.add(
        "allocated " + relayed.stream().map(String::valueOf).collect(Collectors.joining(" ")));
  }

  @Override
  public void confirmed() {
    confirmations++;
  }

  @Override
  public void silent() {
    events.add("silent");
  }

  @Override
  public void permitted(InetAddress peer) {
    events.add("permitted " + peer.getHostAddress());
  }

  @Override
  public void refused(InetAddress peer) {
    events.add("refused " + peer.getHostAddress());
  }

  @Override
  public void received(ByteBuf data, InetSocketAddress peer) {
    events.add(
        "received " + data.toString(java.nio.charset.StandardCharsets.UTF_8) + " from " + peer);
  }

  @Override
  public void redirected(InetSocketAddress other) {
    events.add("redirected to " + other);
  }

  @Override
  public void ended(Optional<String> why) {
    events.add(why.map(sentence -> "ended: " + sentence).orElse("ended"));
  }
}
