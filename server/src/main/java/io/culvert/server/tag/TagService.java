package io.culvert.server.tag;

import io.culvert.server.net.Counters;
import io.culvert.server.tag.Answers.Asked;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagCodec;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.AnswerReceived;
import io.culvert.wire.tag.TagMessage.BetweenPeers;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.FromServer;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.ListTags;
import io.culvert.wire.tag.TagMessage.Refused;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.Request;
import io.culvert.wire.tag.TagMessage.TagList;
import io.culvert.wire.tag.TagMessage.ToServer;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the server does with a datagram, and with time. Sockets and clock are its caller's; not
 * thread-safe, except for {@link #registered}.
 */
final class TagService {
  /** The longest -3 without a tag in it, and what each tag adds: itself, two quotes, a comma. */
  private static final int TAG_LIST_BYTES = 80;

  private static final int TAG_BYTES = Tags.LENGTH + 3;

  private record Reply(FromServer message, Proportion proportion) {}

  private final InstantSource clock;
  private final Counters<TagCounter> counters;
  private final Registrations registrations;
  private final Introductions introductions;
  private final Allowance allowance = new Allowance();
  private final Answers answers = new Answers();
  private final Answers answersToStrangers = new Answers();

  TagService(TagKey key, InstantSource clock, Counters<TagCounter> counters) {
    this.clock = clock;
    this.counters = counters;
    this.registrations = new Registrations(new Tags(key), counters);
    this.introductions = new Introductions(allowance, counters);
  }

  /** Takes a datagram, whatever its bytes. */
  void receive(Route from, ByteBuf datagram) {
    Instant now = advance();
    int length = datagram.readableBytes();
    try {
      TagMessage message = TagCodec.decode(datagram);
      if (from.remote().getPort() == 0) {
        throw new MalformedMessageException("nobody can be answered at port 0");
      }
      switch (message) {
        case ToServer m -> take(m, length, from, now);
        case FromServer _, BetweenPeers _ -> counters.count(TagCounter.OUT_OF_PLACE);
      }
    } catch (MalformedMessageException e) {
      counters.count(TagCounter.MALFORMED);
    }
  }

  /** Does what time has made due, and returns the time. */
  Instant advance() {
    Instant now = clock.instant();
    registrations.expire(now);
    answers.expire(now);
    answersToStrangers.expire(now);
    introductions.advance(now);
    return now;
  }

  /** When {@link #advance} may have something to do next. */
  Optional<Instant> nextDeadline() {
    return Stream.of(registrations.nextDeadline(), introductions.nextDeadline())
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  /** How many clients are registered. Thread-safe. */
  int registered() {
    return registrations.size();
  }

  private void take(ToServer message, int length, Route from, Instant now) {
    Asked asked = new Asked(from.remote(), message, length);
    Optional<byte[]> given =
        answers
            .find(asked)
            .or(() -> answersToStrangers.find(asked))
            .filter(datagram ->
                !(message instanceof ListTags) || isAllowed(datagram, length, from, now));
    if (given.isPresent()) {
      counters.count(TagCounter.REPEATED);
      from.send(given.get());
      return;
    }
    answer(message, length, from, now)
        .ifPresent(reply -> {
          byte[] datagram = reply.proportion().write(length, reply.message());
          Answers memory = reply.proportion() == Proportion.FREE ? answers : answersToStrangers;
          memory.remember(asked, datagram, now);
          from.send(datagram);
        });
  }

  private Optional<Reply> answer(ToServer message, int length, Route from, Instant now) {
    return switch (message) {
      case Register m -> Optional.of(register(m, from, now));
      case Heartbeat m -> Optional.of(heartbeat(m, from, now));
      case ListTags m -> Optional.of(list(m, length, from, now));
      case Dial m -> Optional.of(dial(m, length, from, now));
      case KnockAnswer m -> {
        introductions
            .answered(m, length, from, now)
            .ifPresentOrElse(registrations::vouch, () -> counters.count(TagCounter.LATE));
        yield Optional.empty();
      }
      case AnswerReceived m -> {
        if (!introductions.received(m)) {
          counters.count(TagCounter.LATE);
        }
        yield Optional.empty();
      }
    };
  }

  private Reply register(Register request, Route from, Instant now) {
    return registrations
        .register(from, request.lan(), now)
        .map(registration ->
            new Reply(
                new Registered(request.mid(), registration.tag()),
                Proportion.to(registration.isProved())))
        .orElseGet(() -> tooMuch(Request.REGISTER, request.mid()));
  }

  private Reply heartbeat(Heartbeat request, Route from, Instant now) {
    return registrations
        .prove(from, request.tag(), now)
        .map(registration ->
            new Reply(new HeartbeatAccepted(request.mid()), Proportion.to(registration.isProved())))
        .orElseGet(() -> unknownTag(Request.HEARTBEAT, request.mid()));
  }

  private Reply list(ListTags request, int length, Route from, Instant now) {
    return registrations
        .prove(from, request.tag(), now)
        .map(registration -> list(request.mid(), registration, length, from, now))
        .orElseGet(() -> unknownTag(Request.LIST, request.mid()));
  }

  private Reply list(long mid, Registration viewer, int length, Route from, Instant now) {
    TagList all = tagList(mid, viewer, TagMessage.MAX_BYTES);
    return isAllowed(Proportion.FREE.write(length, all), length, from, now)
        ? new Reply(all, Proportion.FREE)
        : new Reply(tagList(mid, viewer, 2 * length), Proportion.TWOFOLD);
  }

  /** Who has learned a newcomer's tag can ask for lists in its name. */
  private boolean isAllowed(byte[] list, int length, Route to, Instant now) {
    return list.length <= 2 * length || allowance.take(to.ip(), now);
  }

  private TagList tagList(long mid, Registration viewer, int room) {
    int most = Math.max(0, (room - TAG_LIST_BYTES) / TAG_BYTES);
    List<String> tags =
        registrations.others(viewer).limit(most + 1L).map(Registration::tag).toList();
    boolean more = tags.size() > most;
    return new TagList(mid, more ? tags.subList(0, most) : tags, more);
  }

  private Reply dial(Dial request, int length, Route from, Instant now) {
    Optional<Registration> caller = registrations.find(request.callerTag());
    Optional<Registration> callee = registrations.find(request.calleeTag());
    if (caller.isEmpty()) {
      return unknownTag(Request.DIAL, request.mid());
    }
    if (callee.isEmpty()) {
      return unreachable(request.mid(), "nobody is online by that tag");
    }
    if (callee.equals(caller)) {
      return unreachable(request.mid(), "that is your own tag");
    }
    return introductions
        .begin(request, length, from, caller.get(), callee.get(), now)
        .map(introduction ->
            new Reply(
                new Dialing(request.mid(), introduction.token()),
                Proportion.to(introduction.isCallerProved())))
        .orElseGet(() -> tooMuch(Request.DIAL, request.mid()));
  }

  private Reply unknownTag(Request request, long mid) {
    counters.count(TagCounter.UNKNOWN_TAG);
    return refusal(request, mid, Status.of(Status.UNKNOWN, "register again"));
  }

  private Reply unreachable(long mid, String reason) {
    counters.count(TagCounter.UNREACHABLE);
    return refusal(Request.DIAL, mid, Status.of(Status.UNREACHABLE, reason));
  }

  private Reply tooMuch(Request request, long mid) {
    counters.count(TagCounter.OVER_LIMIT);
    return refusal(request, mid, Status.of(Status.UNAVAILABLE, "too busy, try again later"));
  }

  private static Reply refusal(Request request, long mid, Status status) {
    return new Reply(new Refused(request, mid, status), Proportion.TWOFOLD);
  }
}
