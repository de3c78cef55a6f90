package io.culvert.server.tag;

import io.culvert.wire.tag.Retransmission;
import java.time.Instant;

/**
 * A request that the server makes. Only to an address that has proved itself it is sent more than
 * once.
 */
final class ServerRequest {
  private final long mid;
  private final Route to;
  private final byte[] datagram;
  private final Proportion proportion;
  private final Retransmission retransmission;

  ServerRequest(long mid, Route to, byte[] datagram, Proportion proportion, Instant now) {
    this.mid = mid;
    this.to = to;
    this.datagram = datagram;
    this.proportion = proportion;
    this.retransmission = new Retransmission(now);
  }

  long mid() {
    return mid;
  }

  void send() {
    to.send(datagram);
  }

  Instant nextDeadline() {
    return retransmission.nextDeadline();
  }

  /** Sends what is due; false when the time for an answer is over. */
  boolean goOn(Instant now) {
    return switch (retransmission.at(now)) {
      case WAIT -> true;
      case REPEAT -> {
        if (proportion == Proportion.FREE) {
          send();
        }
        yield true;
      }
      case FAIL -> false;
    };
  }
}
