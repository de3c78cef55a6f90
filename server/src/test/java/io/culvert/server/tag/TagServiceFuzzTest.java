package io.culvert.server.tag;

import static io.culvert.server.tag.ServiceOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.server.tag.ServiceOnPaper.Sent;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Whatever a stranger sends, the service answers in proportion or counts it, and forgets it.
 *
 * <p>Every build replays the inputs beside this class's resources; with {@code JAZZER_FUZZ=1}
 * Jazzer looks for new ones.
 */
class TagServiceFuzzTest {
  private static final InetSocketAddress ANN = at("203.0.113.1", 1001);
  private static final InetSocketAddress STRANGER = at("198.51.100.1", 1);
  private static final int HEADERS = 28;

  @FuzzTest(maxDuration = "1m")
  void datagram(byte[] bytes) {
    ServiceOnPaper paper = new ServiceOnPaper();
    paper.prove(ANN);
    paper.sent();
    Map<TagCounter, Long> before = paper.counters.snapshot();

    paper.receive("main", STRANGER, Unpooled.wrappedBuffer(bytes));

    List<Sent> sent = paper.sent();
    assertThat(sent).hasSizeLessThanOrEqualTo(1);
    assertThat(sent)
        .allSatisfy(answer -> {
          assertThat(answer.to()).isEqualTo(STRANGER);
          assertThat(answer.length() + HEADERS).isLessThanOrEqualTo(2 * (bytes.length + HEADERS));
          assertThat(answer.message()).isNotNull();
        });
    assertThat(paper.counters.snapshot().equals(before) && sent.isEmpty())
        .as("neither counted nor answered")
        .isFalse();
    paper.pass(Duration.ofMinutes(2));
    assertThat(paper.service.registered()).isZero();
    assertThat(paper.sent()).isEmpty();
  }
}
