package io.culvert.server.net;

import io.culvert.wire.transport.SocketError;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/** Says why a port could not be had. */
public final class ListenFailure {
  private ListenFailure() {}

  /**
   * The error with a sentence for the operator.
   *
   * @param name of the service
   * @param setting the key of the port in the configuration
   */
  public static ServerStartException of(
      String name, InetSocketAddress address, String setting, Throwable cause) {
    return new ServerStartException(sentence(name, address, setting, cause), cause);
  }

  private static String sentence(
      String name, InetSocketAddress address, String setting, Throwable cause) {
    String where =
        "%s cannot listen on %s: ".formatted(name, NetUtil.toSocketAddressString(address));
    return where
        + switch (SocketError.of(cause)) {
          case ADDRESS_IN_USE ->
              "another program has the port. Stop it, or choose another port with " + setting + ".";
          case NOT_PERMITTED ->
              "only root may use ports below 1024. Choose another port with " + setting + ".";
          case ADDRESS_NOT_AVAILABLE, REFUSED, RESET, NO_ANSWER, NO_ROUTE, TOO_MANY_FILES, OTHER ->
              SocketError.explain(cause) + ".";
        };
  }
}
