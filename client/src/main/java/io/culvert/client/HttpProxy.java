package io.culvert.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.Optional;

/**
 * An HTTP proxy through which servers can be reached with CONNECT (RFC 9110 §9.3.6).
 *
 * @param address where it is
 * @param login {@code USER:PASSWORD} for basic authentication (RFC 7617), if it wants one
 */
public record HttpProxy(ServerAddress address, Optional<String> login) {
  /** What other programs take for the port when none is named. */
  private static final int DEFAULT_PORT = 1080;

  /**
   * Reads {@code http://[USER:PASSWORD@]HOST[:PORT]}. Special characters of user and password are
   * percent-encoded; port 1080 is the default, as for curl.
   *
   * @throws IllegalArgumentException when it is not of that form; the message is a sentence without
   *     the password
   */
  public static HttpProxy parse(String text) {
    try {
      return of(new URI(text.contains("://") ? text : "http://" + text));
    } catch (URISyntaxException e) {
      throw notOne();
    }
  }

  /**
   * The same from a URI.
   *
   * @throws IllegalArgumentException when it is not of that form; the message is a sentence without
   *     the password
   */
  public static HttpProxy of(URI uri) {
    String host = uri.getHost();
    if (!"http".equalsIgnoreCase(uri.getScheme()) || host == null) {
      throw notOne();
    }
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    return new HttpProxy(
        ServerAddress.parse(host + ":" + port, DEFAULT_PORT),
        Optional.ofNullable(uri.getUserInfo()));
  }

  private static IllegalArgumentException notOne() {
    return new IllegalArgumentException("A proxy is http://[USER:PASSWORD@]HOST[:PORT].");
  }

  /** What proves who one is, as a value of Proxy-Authorization; empty when there is no need. */
  public Optional<String> authorization() {
    return login.map(text ->
        "Basic "
            + Base64.getEncoder()
                .encodeToString((text.contains(":") ? text : text + ":").getBytes(UTF_8)));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "http://" + address;
  }
}
