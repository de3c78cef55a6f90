package io.culvert.wire.transport;

import io.netty.channel.ConnectTimeoutException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a socket could not be used, whichever transport says so. By number where there is one: the
 * text depends on the language of the system.
 */
public enum SocketError {
  /** Nobody listens there. */
  REFUSED("connection refused"),
  /** The other end has thrown the connection away. */
  RESET("connection reset by the other side"),
  /** Nobody answers. */
  NO_ANSWER("no answer"),
  /** There is no way to that network or host. */
  NO_ROUTE("no route to it"),
  /** Another socket has the port. */
  ADDRESS_IN_USE("the port is in use"),
  /** This machine does not have the address; for a connect: the same two are connected already. */
  ADDRESS_NOT_AVAILABLE("this machine does not have that address"),
  /** The system does not allow it. */
  NOT_PERMITTED("not permitted"),
  /** This process has no descriptor left. */
  TOO_MANY_FILES("this process has too many open files"),
  /** Anything else. */
  OTHER("");

  private static final Pattern ERRNO = Pattern.compile("error\\(-(\\d+)\\)");

  private final String text;

  SocketError(String text) {
    this.text = text;
  }

  /** What kind of error this is. */
  public static SocketError of(Throwable error) {
    String message = String.valueOf(error.getMessage());
    Matcher errno = ERRNO.matcher(message);
    if (errno.find()) {
      return ofLinux(Integer.parseInt(errno.group(1)));
    }
    SocketError kind =
        switch (error) {
          case ConnectTimeoutException _ -> NO_ANSWER;
          case NoRouteToHostException _ -> NO_ROUTE;
          case BindException _ when message.contains("assign") -> ADDRESS_NOT_AVAILABLE;
          case BindException _ when message.contains("ermission") -> NOT_PERMITTED;
          case BindException _ -> ADDRESS_IN_USE;
          case ConnectException _ when message.contains("timed out") -> NO_ANSWER;
          case ConnectException _ -> REFUSED;
          default -> message.contains("reset") ? RESET : OTHER;
        };
    return kind == OTHER && error.getCause() != null ? of(error.getCause()) : kind;
  }

  /** Why it failed, in lower case and without a full stop. */
  public static String explain(Throwable error) {
    SocketError kind = of(error);
    return kind == OTHER ? String.valueOf(error.getMessage()) : kind.text;
  }

  /** The numbers of Linux, where Netty's native transport is. */
  private static SocketError ofLinux(int errno) {
    return switch (errno) {
      case 111 -> REFUSED;
      case 104, 32 -> RESET;
      case 110 -> NO_ANSWER;
      case 101, 113 -> NO_ROUTE;
      case 98 -> ADDRESS_IN_USE;
      case 99 -> ADDRESS_NOT_AVAILABLE;
      case 1, 13 -> NOT_PERMITTED;
      case 23, 24 -> TOO_MANY_FILES;
      default -> OTHER;
    };
  }
}
