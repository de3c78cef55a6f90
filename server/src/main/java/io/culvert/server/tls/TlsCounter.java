package io.culvert.server.tls;

/** What the server counts instead of logging it. */
public enum TlsCounter {
  /** Connections that are encrypted. */
  ESTABLISHED,
  /** Handshakes that came to nothing, or not to their end within 10 s. */
  FAILED,
  /** Encrypted connections closed for a record that cannot be read. */
  BROKEN
}
