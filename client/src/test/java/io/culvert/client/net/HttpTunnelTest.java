package io.culvert.client.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.HttpProxy;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTunnelTest {
  private static final InetSocketAddress SERVER = new InetSocketAddress("203.0.113.1", 443);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<String> events = new ArrayList<>();

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void theProxyIsAskedForTheServer() {
    open("http://proxy.example:3128");
    assertThat(said())
        .isEqualTo("CONNECT 203.0.113.1:443 HTTP/1.1\r\nhost: 203.0.113.1:443\r\n\r\n");
  }

  @Test
  void whoIsToProveWhoHeIsDoes() {
    open("http://alice:secret@proxy.example:3128");
    assertThat(said()).contains("\r\nproxy-authorization: Basic YWxpY2U6c2VjcmV0\r\n");
  }

  @Test
  void whatComesBehindTheAnswerIsTheServersHoweverItIsCut() {
    String all = "HTTP/1.1 200 Connection established\r\nProxy-agent: some\r\n\r\nhello";
    for (int cut = 1; cut < all.length(); cut++) {
      HttpTunnelTest other = new HttpTunnelTest();
      other.open("http://proxy.example:3128");
      other.said();
      other.answers(all.substring(0, cut));
      other.answers(all.substring(cut));
      assertThat(String.join("", other.events)).as("cut at %d", cut).isEqualTo("opened:hello");
      other.channel.writeOutbound(Unpooled.copiedBuffer("to the server", US_ASCII));
      assertThat(other.said()).isEqualTo("to the server");
      other.close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://proxy.example:3128          | 407 | The proxy http://proxy.example:3128 wants user and password: name it as http://USER:PASSWORD@proxy.example:3128.
          http://alice:x@proxy.example:3128  | 407 | The proxy http://proxy.example:3128 does not accept user and password.
          http://alice:x@proxy.example:3128  | 401 | The proxy http://proxy.example:3128 does not accept user and password.
          http://proxy.example:3128          | 403 | The proxy http://proxy.example:3128 does not let anybody through to 203.0.113.1:443.
          http://proxy.example:3128          | 502 | The proxy http://proxy.example:3128 does not lead to 203.0.113.1:443: it answers with error 502.
          http://proxy.example:3128          | 204 | The proxy http://proxy.example:3128 does not lead to 203.0.113.1:443: it answers with error 204.
          """)
  void whyNotIsSaid(String proxy, int status, String sentence) {
    open(proxy);
    answers("HTTP/1.1 " + status + " Because\r\nContent-Length: 5\r\n\r\nworse");

    assertThat(events).containsExactly(sentence);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void anAnswerThatIsNotTheLastIsNone() {
    open("http://proxy.example:3128");
    answers("HTTP/1.1 100 Continue\r\n\r\n");
    assertThat(events).isEmpty();

    answers("HTTP/1.1 200 OK\r\n\r\n");

    assertThat(events).containsExactly("opened:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2\r\n", "\u0000\u0001\u0002\r\n\r\n"})
  void whatIsNoProxyIsSaid(String greeting) {
    open("http://proxy.example:3128");
    answers(greeting);

    assertThat(events)
        .containsExactly("What answers at http://proxy.example:3128 is no HTTP proxy.");
  }

  @Test
  void anAnswerThatNeverEndsIsNotKept() {
    open("http://proxy.example:3128");
    answers("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 100 && channel.isOpen(); i++) {
      answers("X-Header-%d: %s\r\n".formatted(i, "x".repeat(1000)));
    }

    assertThat(events)
        .containsExactly("What answers at http://proxy.example:3128 is no HTTP proxy.");
  }

  @Test
  void aProxyThatHangsUpIsSaid() {
    open("http://proxy.example:3128");
    channel.close();

    assertThat(events)
        .containsExactly("The proxy http://proxy.example:3128 has ended the connection.");
  }

  @Test
  void aSilentOneIsNotWaitedForForEver() {
    channel.freezeTime();
    open("http://proxy.example:3128");
    channel.advanceTimeBy(PATIENCE.toMillis() - 1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(events).isEmpty();

    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();

    assertThat(events).containsExactly("The proxy http://proxy.example:3128 does not answer.");
    assertThat(channel.isOpen()).isFalse();
  }

  private void open(String proxy) {
    new HttpTunnel(
            HttpProxy.parse(proxy),
            SERVER,
            PATIENCE,
            new HttpTunnel.Outcome() {
              @Override
              public void opened() {
                events.add("opened:");
                channel.config().setAutoRead(true);
                channel.pipeline().addLast(new Server());
              }

              @Override
              public void refused(String sentence) {
                events.add(sentence);
              }
            })
        .open(channel);
  }

  private void answers(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
  }

  private String said() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.append(part.toString(US_ASCII));
      part.release();
    }
    return all.toString();
  }

  private final class Server extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
      events.add(message.toString(US_ASCII));
    }
  }
}
