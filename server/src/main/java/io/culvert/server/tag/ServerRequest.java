package io.culvert.server.tag;

import io.culvert.wire.tag.Retransmission;
import java.time.Instant;

/** A request that the server makes, and repeats as far as the {@link Allowance} goes. */
final class ServerRequest {
  private final long mid;
  private final Route to;
  private final byte[] datagram;
  private final Retransmission retransmission;

  ServerRequest(long mid, Route to, byte[] datagram, Instant now) {
    this.mid = mid;
    this.to = to;
    this.datagram = datagram;
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
  boolean goOn(Instant now, Allowance allowance) {
    return switch (retransmission.at(now)) {
      case WAIT -> true;
      case REPEAT -> {
        if (allowance.take(to.ip(), now)) {
          send();
        }
        yield true;
      }
      case FAIL -> false;
    };
  }
}
