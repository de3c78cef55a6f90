package io.culvert.client.quic;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;

/**
 * Why a connection is over.
 *
 * @param code what the side that closed it has given; 0 for all causes but {@link
 *     Cause#CLOSED_HERE} and {@link Cause#CLOSED_BY_PEER}
 * @param sentence for people
 */
public record Ending(Cause cause, long code, String sentence) {
  /** What ended it. */
  public enum Cause {
    /** This side has closed it. */
    CLOSED_HERE,
    /** The peer has closed it. */
    CLOSED_BY_PEER,
    /** The peer has not shown the identity that it was to show. */
    NOT_TRUSTED,
    /** The peer does not believe our identity. */
    NOT_TRUSTED_BY_PEER,
    /** Nothing has come from the peer for too long. */
    SILENCE,
    /** There is no way to the peer any more, or one side does not keep to the protocol. */
    BROKEN
  }

  /** What those get who still want something of the connection. */
  CulvertException exception() {
    return new CulvertException(
        switch (cause) {
          case CLOSED_HERE -> Reason.CLOSED;
          case CLOSED_BY_PEER -> Reason.HUNG_UP;
          case NOT_TRUSTED, NOT_TRUSTED_BY_PEER -> Reason.PEER_NOT_TRUSTED;
          case SILENCE, BROKEN -> Reason.LINK_LOST;
        },
        sentence);
  }
}
