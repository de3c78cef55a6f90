package io.culvert.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.net.ChannelFrom;
import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Entrance;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientHelloHandlerTest {
  private static final InetSocketAddress CLIENT = new InetSocketAddress("203.0.113.7", 6000);

  private final Counters<TlsPortCounter> counters = new Counters<>(TlsPortCounter.class);
  private final Entrance flow = (channel, first) -> passedOn = bytes(first);
  private byte @Nullable [] passedOn;

  @Test
  void allBytesArePassedOnWhereverTheBeginningIsCut() throws Exception {
    byte[] hello = Hello.naming("culvert-flow");
    for (int cut = 1; cut < hello.length; cut++) {
      passedOn = null;
      ChannelFrom channel = channel();
      channel.writeInbound(Unpooled.copiedBuffer(hello, 0, cut));
      assertThat(passedOn).isNull();
      channel.writeInbound(Unpooled.copiedBuffer(hello, cut, hello.length - cut));
      assertThat(passedOn).isEqualTo(hello);
    }
  }

  @Test
  void whoIsPassedOnIsTheServicesAlone() throws Exception {
    ChannelFrom channel = channel();
    channel.writeInbound(Unpooled.wrappedBuffer(Hello.naming("culvert-flow")));
    channel.pass(Duration.ofDays(1));

    assertThat(channel.pipeline().names()).hasSize(1); // the tail
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void whoDoesNotSayWhatHeWantsHasTenSeconds() throws Exception {
    byte[] hello = Hello.naming("culvert-flow");
    for (int length : new int[] {0, 1, 6, hello.length - 1}) {
      ChannelFrom channel = channel();
      for (int i = 0; i < length; i++) {
        channel.writeInbound(Unpooled.copiedBuffer(hello, i, 1));
      }
      channel.pass(Duration.ofMillis(9_999));
      assertThat(channel.isOpen()).as("%d bytes", length).isTrue();
      channel.pass(Duration.ofMillis(1));
      assertThat(channel.isOpen()).as("%d bytes", length).isFalse();
    }
    assertThat(counters.snapshot()).containsEntry(TlsPortCounter.TIMED_OUT, 4L);
  }

  @Test
  void whatIsNoTlsIsClosedAtOnceAndCountedOnce() throws Exception {
    ChannelFrom channel = channel();
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {'G', 'E', 'T', ' ', '/'}));

    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.<Object>readOutbound()).isNull();
    assertThat(passedOn).isNull();
    assertThat(counters.snapshot()).containsEntry(TlsPortCounter.MALFORMED, 1L);
  }

  @Test
  void whoWantsWhatThereIsNotIsToldSoInTheLanguageOfTls() throws Exception {
    ChannelFrom channel = channel();
    channel.writeInbound(Unpooled.wrappedBuffer(Hello.naming("h3")));

    ByteBuf alert = channel.readOutbound();
    assertThat(ByteBufUtil.hexDump(alert)).isEqualTo("15030300020278"); // fatal, 120
    assertThat(counters.snapshot()).containsEntry(TlsPortCounter.NO_SERVICE, 1L);
    channel.pass(Duration.ofSeconds(2));
    assertThat(channel.isOpen()).isFalse();
  }

  private ChannelFrom channel() throws Exception {
    ConnectionGuard<TlsPortCounter> guard =
        new ConnectionGuard<>(counters, TlsPortCounter.MALFORMED, TlsPortCounter.TIMED_OUT);
    return new ChannelFrom(
        CLIENT,
        new ClientHelloHandler(
            hello ->
                hello.protocols().contains("culvert-flow") ? Optional.of(flow) : Optional.empty(),
            guard),
        guard);
  }

  private static byte[] bytes(ByteBuf buffer) {
    byte[] bytes = ByteBufUtil.getBytes(buffer);
    buffer.release();
    return bytes;
  }
}
