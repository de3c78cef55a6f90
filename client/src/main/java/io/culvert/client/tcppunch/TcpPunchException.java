package io.culvert.client.tcppunch;

import java.io.IOException;

/** Something between two peers did not work out; the message is a sentence for people. */
public final class TcpPunchException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What did not work out. */
  public enum Reason {
    /** The rendezvous server cannot be reached, or does not speak the protocol. */
    SERVER_UNREACHABLE,
    /** The connection to the rendezvous server broke. */
    SERVER_LOST,
    /** The ClientId is online already, from elsewhere. */
    ID_TAKEN,
    /** The peer is not online, or it is oneself. */
    PEER_OFFLINE,
    /** The peer is online but did not accept the invitation in time. */
    NOT_ANSWERED,
    /** Both sides tried, and no connection got through. */
    NOT_PUNCHED,
    /** The link broke. */
    LINK_LOST,
    /** This client was closed meanwhile. */
    CLOSED
  }

  private final Reason reason;

  TcpPunchException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  /** What did not work out. */
  public Reason reason() {
    return reason;
  }
}
