package io.culvert.client.net;

import io.culvert.wire.flow.CallData.TcpOffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * By what the two ends of a call recognise each other on a TCP connection.
 *
 * @param text 32 characters of ASCII
 */
public record CallKey(String text) {
  /** Its length on the wire. */
  static final int BYTES = TcpOffer.KEY_LENGTH;

  /** One that nobody can guess. */
  public static CallKey random() {
    byte[] bytes = new byte[BYTES / 2];
    new SecureRandom().nextBytes(bytes);
    return new CallKey(HexFormat.of().formatHex(bytes));
  }

  /** What a peer has offered; empty when it does not fit the wire. */
  public static Optional<CallKey> of(TcpOffer offer) {
    return Optional.of(new CallKey(offer.key())).filter(key -> key.bytes().length == BYTES);
  }

  byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "CallKey";
  }
}
