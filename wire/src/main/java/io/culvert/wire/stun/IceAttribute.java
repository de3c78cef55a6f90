package io.culvert.wire.stun;

/** An attribute of a connectivity check: RFC 8445 §16.1. */
public sealed interface IceAttribute extends StunAttribute {
  @Override
  default int type() {
    return switch (this) {
      case Priority _ -> AttributeType.PRIORITY;
      case UseCandidate _ -> AttributeType.USE_CANDIDATE;
      case IceControlled _ -> AttributeType.ICE_CONTROLLED;
      case IceControlling _ -> AttributeType.ICE_CONTROLLING;
    };
  }

  /**
   * The priority of the address that the check shows to the peer, should it be a new one to it.
   *
   * @param value 0 to 2³² - 1
   */
  record Priority(long value) implements IceAttribute {
    public Priority {
      Values.requireInt(value);
    }
  }

  /** The pair of addresses is the one to be used. */
  record UseCandidate() implements IceAttribute {}

  /** The sender leaves the choice to its peer. */
  record IceControlled(long tieBreaker) implements IceAttribute {}

  /** The sender makes the choice. */
  record IceControlling(long tieBreaker) implements IceAttribute {}
}
