package io.culvert.server.tag;

import io.culvert.wire.tag.TagMessage.ToServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * What was answered lately: whoever repeats a request, since the answer was lost, gets the same
 * bytes, and nothing happens a second time. Not thread-safe.
 */
final class Answers {
  /** Longer than any client goes on repeating. */
  static final Duration MEMORY = Duration.ofSeconds(10);

  /** How many are remembered; beyond that the oldest are forgotten. */
  static final int CAPACITY = 16_384;

  /** A request is repeated when all of it is: some clients count their messages badly. */
  record Asked(InetSocketAddress from, ToServer request, int length) {}

  @SuppressWarnings("ArrayRecordComponent") // nobody compares these
  private record Given(byte[] datagram, Instant at) {}

  private final SequencedMap<Asked, Given> given = new LinkedHashMap<>();

  void remember(Asked asked, byte[] datagram, Instant now) {
    if (given.size() >= CAPACITY) {
      given.pollFirstEntry();
    }
    given.putLast(asked, new Given(datagram, now));
  }

  Optional<byte[]> find(Asked asked) {
    return Optional.ofNullable(given.get(asked)).map(Given::datagram);
  }

  void expire(Instant now) {
    while (!given.isEmpty() && !now.isBefore(given.firstEntry().getValue().at().plus(MEMORY))) {
      given.pollFirstEntry();
    }
  }

  int size() {
    return given.size();
  }
}
