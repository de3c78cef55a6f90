package io.culvert.client.portmap;

import io.culvert.traversal.portmap.Gateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP with the router and nobody else: no other address, no name, no redirection, no proxy, not
 * more than is needed and not longer.
 */
final class UpnpHttp implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int MOST_BYTES = 1 << 16;

  private final Gateway gateway;
  private final HttpClient client;

  UpnpHttp(Gateway gateway) {
    this.gateway = gateway;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(PATIENCE)
            .localAddress(gateway.client())
            .build();
  }

  /** Whether that is an address of the router, by its number. */
  static boolean isAt(Gateway gateway, URI uri) {
    if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(uri.getHost()).equals(gateway.address());
    } catch (IllegalArgumentException e) {
      return false; // a name could lead anywhere
    }
  }

  /**
   * The answer, whatever its status.
   *
   * @throws IOException when there is none, or none in time
   * @throws UpnpException when that is not an address of the router
   * @throws InterruptedException when interrupted
   */
  HttpResponse<byte[]> exchange(URI uri, HttpRequest.Builder request)
      throws IOException, UpnpException, InterruptedException {
    if (!isAt(gateway, uri)) {
      throw new UpnpException(
          "The router's UPnP sends us to %s, and there we do not go.".formatted(uri));
    }
    CompletableFuture<HttpResponse<byte[]>> answer = send(request.uri(uri).build());
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no answer to " + uri, e);
    } finally {
      answer.cancel(true);
    }
  }

  private CompletableFuture<HttpResponse<byte[]>> send(HttpRequest request) throws IOException {
    try {
      return client.sendAsync(
          request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    } catch (RejectedExecutionException e) {
      throw new IOException("closed", e); // which a client says so only when asked a moment later
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
