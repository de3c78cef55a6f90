package io.culvert.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.config.Secret;
import io.culvert.server.config.ServerConfig.HttpConfig;
import io.culvert.server.config.TestConfigs;
import io.culvert.server.http.HttpRoute.Answer;
import io.culvert.server.http.HttpRoute.Question;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsRouteTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private enum Event {
    GONE_WELL,
    FAILED
  }

  private final Figures figures = new Figures();
  private final AtomicLong failures = new AtomicLong(3);

  MetricsRouteTest() {
    figures
        .service("post")
        .gauge("letters-in-bag", "Letters that are on their way.", () -> 7)
        .total("stamps", "Stamps that have been sold.", () -> 1L << 53)
        .events(this::events);
  }

  private Map<Event, Long> events() {
    return new EnumMap<>(Map.of(Event.GONE_WELL, 0L, Event.FAILED, failures.get()));
  }

  @Test
  void everyFigureIsALineWithItsTypeAndItsExplanation() {
    Answer answer = ask(config("http.port=0"), "");

    assertThat(answer.status().code()).isEqualTo(200);
    assertThat(answer.headers().values())
        .containsExactly("text/plain; version=0.0.4; charset=utf-8");
    assertThat(text(answer))
        .isEqualTo(
            """
            # HELP culvert_post_total What has happened in the service post.
            # TYPE culvert_post_total counter
            culvert_post_total{event="failed"} 3.0
            culvert_post_total{event="gone-well"} 0.0
            # HELP culvert_post_letters_in_bag Letters that are on their way.
            # TYPE culvert_post_letters_in_bag gauge
            culvert_post_letters_in_bag 7.0
            # HELP culvert_post_stamps_total Stamps that have been sold.
            # TYPE culvert_post_stamps_total counter
            culvert_post_stamps_total 9.007199254740992E15
            """);
  }

  @Test
  void figuresAreThoseOfTheMoment() {
    failures.set(4);

    assertThat(text(ask(config("http.port=0"), ""))).contains("{event=\"failed\"} 4.0\n");
    assertThat(figures.values())
        .containsEntry(
            "post",
            Map.of("letters-in-bag", 7L, "stamps", 1L << 53, "gone-well", 0L, "failed", 4L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http.listen=127.0.0.1", "http.listen=::1", "http.listen=127.1.2.3"})
  void onLoopbackNobodyNeedsAToken(String listen) {
    assertThat(ask(config(listen), "").status().code()).isEqualTo(200);
  }

  /** Case 75. */
  @ParameterizedTest
  @ValueSource(strings = {"http.listen=0.0.0.0", "http.listen=::", "http.listen=203.0.113.1"})
  void whereStrangersCanAskThereIsNothingWithoutATokenInTheConfiguration(String listen) {
    for (String authorization : new String[] {"", "Bearer", "Bearer ", "Bearer x"}) {
      Answer answer = ask(config(listen), authorization);

      assertThat(answer.status().code()).isEqualTo(403);
      assertThat(text(answer)).contains("set http.metrics-token").doesNotContain("culvert_");
    }
  }

  /** Case 75. */
  @Test
  void whoHasTheTokenIsToldWhereverThePortListens() {
    for (String listen : new String[] {"127.0.0.1", "0.0.0.0"}) {
      HttpConfig config = withToken(listen);

      assertThat(ask(config, "Bearer hunter2").status().code()).isEqualTo(200);
      assertThat(ask(config, "bearer hunter2").status().code()).isEqualTo(200);
    }
  }

  /** Case 75. */
  @ParameterizedTest
  @ValueSource(
      strings = {"", "hunter2", "Bearer", "Bearer ", "Bearer hunter", "Bearer hunter22", "Basic x"})
  void whoHasAnotherTokenIsToldToBringIt(String authorization) {
    for (String listen : new String[] {"127.0.0.1", "0.0.0.0"}) {
      Answer answer = ask(withToken(listen), authorization);

      assertThat(answer.status().code()).isEqualTo(401);
      assertThat(answer.headers().values()).containsExactly("Bearer");
      assertThat(text(answer))
          .contains("Authorization: Bearer TOKEN")
          .doesNotContain("culvert_", "hunter2");
    }
  }

  private Answer ask(HttpConfig config, String authorization) {
    HttpHeaders headers = new DefaultHttpHeaders();
    if (!authorization.isEmpty()) {
      headers.set(HttpHeaderNames.AUTHORIZATION, authorization);
    }
    return MetricsRoute.of(figures, config)
        .answers()
        .apply(
            new Question(
                LOOPBACK, new InetSocketAddress(LOOPBACK, 3380), headers, Unpooled.EMPTY_BUFFER))
        .join();
  }

  private static HttpConfig config(String assignment) {
    return TestConfigs.with(assignment).http();
  }

  private static HttpConfig withToken(String listen) {
    return new HttpConfig(InetAddress.ofLiteral(listen), 0, Optional.of(new Secret("hunter2")));
  }

  private static String text(Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
