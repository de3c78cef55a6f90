package io.culvert.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which proxy leads to a server that cannot be reached directly. Immutable.
 *
 * @param proxy the one there is
 * @param except servers to which it does not lead: {@code *}, names with all names below them, IP
 *     addresses, and prefixes such as {@code 10.0.0.0/8}
 */
public record Proxies(Optional<HttpProxy> proxy, List<String> except) {
  private static final Logger log = LoggerFactory.getLogger(Proxies.class);

  public Proxies {
    except = List.copyOf(except);
  }

  /** There is none. */
  public static Proxies none() {
    return new Proxies(Optional.empty(), List.of());
  }

  /** That one leads everywhere. */
  public static Proxies by(HttpProxy proxy) {
    return new Proxies(Optional.of(proxy), List.of());
  }

  /**
   * What the environment of this process says, in {@code https_proxy} or else {@code HTTPS_PROXY},
   * and in {@code no_proxy} or else {@code NO_PROXY}. A proxy that is not of HTTP is none.
   */
  public static Proxies ofEnvironment() {
    return of(System.getenv());
  }

  static Proxies of(Map<String, String> environment) {
    return new Proxies(
        either(environment, "https_proxy").flatMap(Proxies::read),
        either(environment, "no_proxy").stream()
            .flatMap(text -> Stream.of(text.split("[,\\s]+", -1)))
            .filter(each -> !each.isEmpty())
            .toList());
  }

  private static Optional<String> either(Map<String, String> environment, String name) {
    return Stream.of(name, name.toUpperCase(Locale.ROOT))
        .flatMap(key -> Optional.ofNullable(environment.get(key)).stream())
        .filter(value -> !value.isBlank())
        .findFirst();
  }

  private static Optional<HttpProxy> read(String text) {
    try {
      return Optional.of(HttpProxy.parse(text.strip()));
    } catch (IllegalArgumentException e) {
      log.warn("The proxy in https_proxy is not used. {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** The proxy that leads to this server. */
  public Optional<HttpProxy> towards(InetSocketAddress server) {
    return proxy.filter(_ -> except.stream().noneMatch(each -> covers(each, server)));
  }

  private static boolean covers(String exception, InetSocketAddress server) {
    String bare = exception.startsWith(".") ? exception.substring(1) : exception;
    return bare.equals("*")
        || isAtOrBelow(lower(server.getHostString()), lower(bare))
        || (!server.isUnresolved() && covers(bare, server.getAddress()));
  }

  private static boolean isAtOrBelow(String host, String name) {
    return host.equals(name) || host.endsWith("." + name);
  }

  private static boolean covers(String prefix, InetAddress address) {
    int slash = prefix.indexOf('/');
    try {
      byte[] network =
          InetAddress.ofLiteral(slash < 0 ? prefix : prefix.substring(0, slash)).getAddress();
      byte[] bytes = address.getAddress();
      int bits = slash < 0 ? network.length * 8 : Integer.parseInt(prefix.substring(slash + 1));
      return network.length == bytes.length && areEqual(network, bytes, bits);
    } catch (IllegalArgumentException e) {
      return false; // a name
    }
  }

  private static boolean areEqual(byte[] one, byte[] other, int bits) {
    for (int bit = 0; bit < Math.min(bits, one.length * 8); bit++) {
      int mask = 0x80 >> (bit % 8);
      if (((one[bit / 8] ^ other[bit / 8]) & mask) != 0) {
        return false;
      }
    }
    return true;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
