package io.culvert.server.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.server.config.Secret;
import io.culvert.server.config.ServerConfig.HttpConfig;
import io.culvert.server.http.HttpRoute;
import io.culvert.server.http.HttpRoute.Answer;
import io.culvert.server.http.HttpRoute.Question;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@code GET /metrics}, in Prometheus' text format. Thread-safe. */
public final class MetricsRoute {
  private static final String SCHEME = "Bearer ";

  private static final PrometheusTextFormatWriter FORMAT =
      PrometheusTextFormatWriter.builder().build();

  private final Figures figures;
  private final boolean local;
  private final Optional<Secret> token;

  private MetricsRoute(Figures figures, HttpConfig config) {
    this.figures = figures;
    local = config.listen().isLoopbackAddress();
    token = config.metricsToken();
  }

  /** Shows the figures to whoever has the token; to everybody on loopback where there is none. */
  public static HttpRoute of(Figures figures, HttpConfig config) {
    MetricsRoute metrics = new MetricsRoute(figures, config);
    return new HttpRoute(
        HttpMethod.GET, question -> CompletableFuture.completedFuture(metrics.answer(question)));
  }

  private Answer answer(Question question) {
    if (token.isEmpty()) {
      return local
          ? text()
          : Answer.error(
              HttpResponseStatus.FORBIDDEN,
              "set http.metrics-token in the server's configuration, or http.listen to loopback",
              Map.of());
    }
    return isRight(question.header(HttpHeaderNames.AUTHORIZATION), token.get())
        ? text()
        : Answer.error(
            HttpResponseStatus.UNAUTHORIZED,
            "send the server's http.metrics-token, as in Authorization: Bearer TOKEN",
            Map.of(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"));
  }

  /**
   * In a time that does not tell how much of it is right. The scheme's name may be written in any
   * case (RFC 9110 §11.1).
   */
  private static boolean isRight(String authorization, Secret token) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            authorization.substring(SCHEME.length()).getBytes(UTF_8),
            token.value().getBytes(UTF_8));
  }

  private Answer text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      FORMAT.write(text, figures.registry().scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Answer(
        HttpResponseStatus.OK,
        text.toByteArray(),
        Map.of(HttpHeaderNames.CONTENT_TYPE, FORMAT.getContentType()));
  }
}
