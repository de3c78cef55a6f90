package io.culvert.wire.ice;

/** How an address has been found, RFC 8445 §4. */
public enum CandidateType {
  /** It is one of the host's own. */
  HOST("host", 126),
  /** A check has come from it. */
  PEER_REFLEXIVE("prflx", 110),
  /** A STUN server sees it. */
  SERVER_REFLEXIVE("srflx", 100),
  /** It is at a TURN server. */
  RELAYED("relay", 0);

  private final String text;
  private final int preference;

  CandidateType(String text, int preference) {
    this.text = text;
    this.preference = preference;
  }

  /** As candidate lines write it. */
  public String text() {
    return text;
  }

  /** 0 to 126: the type preference that RFC 8445 §5.1.2.2 recommends. */
  public int preference() {
    return preference;
  }
}
