package io.culvert.wire;

/**
 * What a connection over TLS is for. Clients say it in their ClientHello (ALPN, RFC 7301), so that
 * one port can lead to all services of a server; ports of a single service need not be told. Of
 * several that a client names, the first of these counts.
 */
public enum ApplicationProtocol {
  /** Culvert's own name: login and signals. */
  FLOW("culvert-flow"),
  /** RFC 7443 §5. */
  TURN("stun.turn"),
  /** RFC 7301 §6. */
  HTTP("http/1.1");

  private final String id;

  ApplicationProtocol(String id) {
    this.id = id;
  }

  /** As it stands in a ClientHello. */
  public String id() {
    return id;
  }
}
