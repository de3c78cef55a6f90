package io.culvert.client.tcppunch;

import io.culvert.traversal.tcp.TcpPunch.DialError;
import io.netty.channel.ConnectTimeoutException;
import java.util.Locale;

/** What a failed connect means, whichever transport says it. */
final class SocketErrors {
  private SocketErrors() {}

  /** Why it failed, in lower case and without a full stop. */
  static String text(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return "no answer";
    }
    // Netty's native errors say which call failed before they say why, all add the address.
    return String.valueOf(cause.getMessage())
        .replaceFirst("^.*\\): ", "")
        .replaceFirst(": \\S*[:/]\\d+$", "")
        .toLowerCase(Locale.ROOT);
  }

  static DialError dialError(Throwable cause) {
    return switch (text(cause)) {
      case "connection refused", "connection reset by peer", "connection reset" ->
          DialError.REFUSED;
      // The same two addresses are connected already: the peer's attempt came first.
      case "cannot assign requested address" -> DialError.CONNECTED_ALREADY;
      default -> DialError.UNREACHABLE;
    };
  }
}
