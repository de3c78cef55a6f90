package io.culvert.client.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.flow.CallData.TcpOffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeyGreetingTest {
  private static final String MINE = "m".repeat(32);
  private static final String PEERS = "p".repeat(32);

  private final List<String> heard = new ArrayList<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final KeyGreeting greeting =
      new KeyGreeting(new CallKey(MINE), () -> Optional.of(new CallKey(PEERS)), "bob");

  @BeforeEach
  void begin() {
    channel.freezeTime();
    greeting.begin(
        channel.pipeline(),
        new Greeting.Ear() {
          @Override
          public void identified(String peer) {
            heard.add(peer);
          }

          @Override
          public void lost() {
            heard.add("lost");
          }
        });
  }

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void weSayThePeersKeyInThirtyTwoBytes() {
    greeting.sayWho(channel);
    ByteBuf said = channel.readOutbound();
    assertThat(said.toString(US_ASCII)).isEqualTo(PEERS);
    said.release();
  }

  @Test
  void whoSaysOurKeyIsThePeer() {
    receive(MINE);
    assertThat(heard).containsExactly("bob");
  }

  @Test
  void theKeyMayComeByteByByte() {
    for (int at = 0; at < MINE.length(); at++) {
      assertThat(heard).isEmpty();
      receive(MINE.substring(at, at + 1));
    }
    assertThat(heard).containsExactly("bob");
  }

  @Test
  void whoSaysAnotherKeyIsNot() {
    receive(MINE.substring(1) + "x");
    assertThat(heard).containsExactly("lost");
  }

  @Test
  void whoSaysNothingForFiveSecondsIsNot() {
    receive(MINE.substring(1));
    channel.advanceTimeBy(4999, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(heard).isEmpty();
    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(heard).containsExactly("lost");
  }

  @Test
  void whatFollowsTheKeyIsTheApplications() {
    receive(MINE + "hello");
    greeting.end(channel.pipeline());
    ByteBuf rest = channel.readInbound();
    assertThat(rest.toString(US_ASCII)).isEqualTo("hello");
    rest.release();
    channel.advanceTimeBy(10, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(heard).containsExactly("bob");
  }

  @Test
  void aKeyIsThirtyTwoHexadecimalDigitsThatNobodyGuesses() {
    assertThat(CallKey.random().text()).matches("[0-9a-f]{32}");
    assertThat(CallKey.random()).isNotEqualTo(CallKey.random());
    assertThat(CallKey.random().toString()).isEqualTo("CallKey");
  }

  @Test
  void aKeyThatIsLongerOnTheWireIsNone() {
    assertThat(CallKey.of(offer("k".repeat(32)))).isPresent();
    assertThat(CallKey.of(offer("ä".repeat(32)))).isEmpty();
  }

  private static TcpOffer offer(String key) {
    return new TcpOffer(Optional.empty(), Optional.empty(), key);
  }

  private void receive(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
  }
}
