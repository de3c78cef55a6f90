package io.culvert.traversal.ice;

import io.culvert.wire.stun.IceAttribute;
import io.culvert.wire.stun.IceAttribute.IceControlled;
import io.culvert.wire.stun.IceAttribute.IceControlling;

/** Which of the two peers nominates, RFC 8445 §6.1.1. */
public enum Role {
  /** This one does: usually who calls. */
  CONTROLLING,
  /** The other one does. */
  CONTROLLED;

  Role other() {
    return this == CONTROLLING ? CONTROLLED : CONTROLLING;
  }

  /** As checks say it. */
  IceAttribute attribute(long tieBreaker) {
    return switch (this) {
      case CONTROLLING -> new IceControlling(tieBreaker);
      case CONTROLLED -> new IceControlled(tieBreaker);
    };
  }
}
