package io.culvert.wire.tag;

import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.AnswerReceived;
import io.culvert.wire.tag.TagMessage.Connect;
import io.culvert.wire.tag.TagMessage.ConnectAnswer;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.ListTags;
import io.culvert.wire.tag.TagMessage.Open;
import io.culvert.wire.tag.TagMessage.Probe;
import io.culvert.wire.tag.TagMessage.ProbeAnswer;
import io.culvert.wire.tag.TagMessage.Refused;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.Request;
import io.culvert.wire.tag.TagMessage.TagList;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Any message there is. */
final class TagMessages {
  private TagMessages() {}

  static Arbitrary<TagMessage> any() {
    Arbitrary<Optional<InetSocketAddress>> lan = addresses().optional();
    return Arbitraries.oneOf(
        Combinators.combine(mids(), ids().optional(), lan).as(Register::new),
        Combinators.combine(mids(), ids()).as(Registered::new),
        Combinators.combine(mids(), ids()).as(Heartbeat::new),
        mids().map(HeartbeatAccepted::new),
        Combinators.combine(mids(), ids()).as(ListTags::new),
        Combinators.combine(mids(), ids().list().ofMaxSize(5), Arbitraries.of(true, false))
            .as(TagList::new),
        Combinators.combine(mids(), ids(), ids(), lan).as(Dial::new),
        Combinators.combine(mids(), ids()).as(Dialing::new),
        Combinators.combine(Arbitraries.of(Request.class), mids(), failures()).as(Refused::new),
        Combinators.combine(mids(), ids(), addresses(), lan).as(Knock::new),
        Combinators.combine(mids(), ids(), statuses(), ports().optional(), lan)
            .as((mid, token, status, port, address) ->
                new KnockAnswer(
                    mid,
                    token,
                    status,
                    port.map(OptionalInt::of).orElse(OptionalInt.empty()),
                    address)),
        Combinators.combine(mids(), ids(), addresses(), lan)
            .as((mid, token, callee, address) ->
                new Answer(mid, token, Status.ok(), Optional.of(callee), address)),
        Combinators.combine(mids(), ids(), failures())
            .as((mid, token, failure) ->
                new Answer(mid, token, failure, Optional.empty(), Optional.empty())),
        Combinators.combine(mids(), ids()).as(AnswerReceived::new),
        Arbitraries.just(new Open()),
        Combinators.combine(mids(), ids()).as(Probe::new),
        Combinators.combine(mids(), ids(), statuses()).as(ProbeAnswer::new),
        Combinators.combine(mids(), ids(), Arbitraries.integers()).as(Connect::new),
        Combinators.combine(mids(), ids(), ids())
            .as((mid, token, key) -> new ConnectAnswer(mid, token, Status.ok(), Optional.of(key))),
        Combinators.combine(mids(), ids(), failures())
            .as((mid, token, failure) -> new ConnectAnswer(mid, token, failure, Optional.empty())));
  }

  private static Arbitrary<Long> mids() {
    return Arbitraries.longs();
  }

  private static Arbitrary<Status> statuses() {
    return Arbitraries.oneOf(Arbitraries.just(Status.ok()), failures());
  }

  private static Arbitrary<Status> failures() {
    return Combinators.combine(Arbitraries.integers().filter(c -> c != 200), texts(250))
        .as(Status::of);
  }

  private static Arbitrary<String> ids() {
    return texts(64).filter(text -> TagMessage.flawOf(text) == null);
  }

  private static Arbitrary<String> texts(int maxChars) {
    return Arbitraries.oneOf(
        Arbitraries.strings().ascii().ofMaxLength(maxChars),
        Arbitraries.strings().all().ofMaxLength(20));
  }

  private static Arbitrary<Integer> ports() {
    return Arbitraries.integers().between(1, 65_535);
  }

  private static Arbitrary<InetSocketAddress> addresses() {
    Arbitrary<byte[]> ips =
        Arbitraries.of(4, 16).flatMap(size -> Arbitraries.bytes().array(byte[].class).ofSize(size));
    return Combinators.combine(ips, ports())
        .as((ip, port) -> new InetSocketAddress(address(ip), port));
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
