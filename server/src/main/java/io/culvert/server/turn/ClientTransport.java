package io.culvert.server.turn;

/** How a client reaches the server. */
public enum ClientTransport {
  UDP,
  TCP,
  TLS,
  DTLS;

  /** Whether its messages are cut out of a stream, where ChannelData is padded. */
  public boolean isStream() {
    return this == TCP || this == TLS;
  }
}
