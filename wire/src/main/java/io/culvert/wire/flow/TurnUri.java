package io.culvert.wire.flow;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a TURN server is and what it speaks there, RFC 7065.
 *
 * @param secure over TLS or DTLS
 * @param host a name or an IP address, without brackets
 * @param port 1 to 65535
 */
public record TurnUri(boolean secure, String host, int port, Transport transport) {
  /** What is beneath TURN, or beneath TLS. */
  public enum Transport {
    UDP,
    TCP
  }

  /** RFC 8656 §19: of TURN. */
  public static final int PORT = 3478;

  /** RFC 8656 §19: of TURN over TLS. */
  public static final int SECURE_PORT = 5349;

  private static final int MAX_HOST = 253;

  private static final Pattern FORM =
      Pattern.compile(
          "(turns?):(?:\\[([0-9a-f:.]+)]|([a-z0-9._-]+))(?::(\\d{1,5}))?(?:\\?transport=([a-z]+))?",
          Pattern.CASE_INSENSITIVE);

  public TurnUri {
    if (host.isEmpty() || host.length() > MAX_HOST) {
      throw new IllegalArgumentException("a host of " + host.length() + " characters");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(port + " is not a port between 1 and 65535");
    }
  }

  /** Reads one; empty when it is none, or one of a transport that is neither UDP nor TCP. */
  public static Optional<TurnUri> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    boolean secure = form.group(1).length() == "turns".length();
    String host = form.group(2) == null ? form.group(3) : form.group(2);
    String port = form.group(4);
    String transport = form.group(5);
    try {
      return Optional.of(
          new TurnUri(
              secure,
              host,
              port == null ? (secure ? SECURE_PORT : PORT) : Integer.parseInt(port),
              transport == null
                  ? (secure ? Transport.TCP : Transport.UDP)
                  : Transport.valueOf(transport.toUpperCase(Locale.ROOT))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** As it is written: {@code turn:203.0.113.10:3478?transport=udp}. */
  @Override
  public String toString() {
    return "%s:%s:%d?transport=%s"
        .formatted(
            secure ? "turns" : "turn",
            host.contains(":") ? "[" + host + "]" : host,
            port,
            transport.name().toLowerCase(Locale.ROOT));
  }
}
