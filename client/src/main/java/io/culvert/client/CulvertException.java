package io.culvert.client;

import java.io.IOException;

/** Something between two peers did not work out; the message is a sentence for people. */
public class CulvertException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What did not work out. */
  public enum Reason {
    /** The server cannot be reached, or does not speak the protocol. */
    SERVER_UNREACHABLE,
    /** The connection to the server broke. */
    SERVER_LOST,
    /** The server's certificate is not one to be trusted. */
    SERVER_NOT_TRUSTED,
    /** The name is online already, from elsewhere. */
    ID_TAKEN,
    /** The account and the password do not belong together, or the login has ended. */
    LOGIN_REFUSED,
    /** The peer is not online, or it is oneself. */
    PEER_OFFLINE,
    /** The peer is online but did not answer in time. */
    NOT_ANSWERED,
    /** The peer talks to somebody else. */
    BUSY,
    /** The peer does not want to. */
    REFUSED,
    /** The peer has hung up. */
    HUNG_UP,
    /** Both sides tried, and no connection got through. */
    NOT_PUNCHED,
    /** The link broke. */
    LINK_LOST,
    /** The other end has not shown the identity that it was to show, or does not believe ours. */
    PEER_NOT_TRUSTED,
    /** This client was closed meanwhile. */
    CLOSED
  }

  private final Reason reason;

  /** The sentence begins with a capital letter and ends with a full stop. */
  public CulvertException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  /** What did not work out. */
  public Reason reason() {
    return reason;
  }
}
