package io.culvert.lab.turn;

/**
 * A TURN server on 127.0.0.1 and 127.0.0.2 that relays to loopback, takes the channels of RFC 5766,
 * and knows the user {@link #USER}.
 */
interface ServerUnderTest extends AutoCloseable {
  String USER = "alice";
  String PASSWORD = "wonder land";

  /** UDP and TCP. */
  int port();

  /** TLS and DTLS. */
  int tlsPort();

  @Override
  void close();
}
