package io.culvert.wire.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelException;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SocketErrorTest {
  @ParameterizedTest
  @CsvSource({
    "111, REFUSED",
    "104, RESET",
    "32, RESET",
    "110, NO_ANSWER",
    "113, NO_ROUTE",
    "101, NO_ROUTE",
    "98, ADDRESS_IN_USE",
    "99, ADDRESS_NOT_AVAILABLE",
    "13, NOT_PERMITTED",
    "24, TOO_MANY_FILES",
    "5, OTHER"
  })
  void theNumberCountsWhateverTheLanguage(int errno, SocketError expected) {
    IOException error =
        new IOException("bind(..) failed with error(-" + errno + "): Irgendein Grund");
    assertThat(SocketError.of(error)).isEqualTo(expected);
  }

  @Test
  void withoutANumberTheTypeCounts() {
    assertThat(SocketError.of(new ConnectException("Connection refused")))
        .isEqualTo(SocketError.REFUSED);
    assertThat(SocketError.of(new ConnectTimeoutException("slow")))
        .isEqualTo(SocketError.NO_ANSWER);
    assertThat(SocketError.of(new NoRouteToHostException())).isEqualTo(SocketError.NO_ROUTE);
    assertThat(SocketError.of(new BindException("Address already in use")))
        .isEqualTo(SocketError.ADDRESS_IN_USE);
    assertThat(SocketError.of(new BindException("Cannot assign requested address")))
        .isEqualTo(SocketError.ADDRESS_NOT_AVAILABLE);
    assertThat(SocketError.of(new IOException("Connection reset by peer")))
        .isEqualTo(SocketError.RESET);
  }

  @Test
  void theCauseCountsWhenTheErrorItselfSaysNothing() {
    ChannelException error =
        new ChannelException(
            "Unable to create Channel",
            new IOException("newSocketStream(..) failed with error(-24): Too many open files"));
    assertThat(SocketError.explain(error)).isEqualTo("this process has too many open files");
  }

  @Test
  void anUnknownErrorSpeaksForItself() {
    assertThat(SocketError.explain(new IOException("out of luck"))).isEqualTo("out of luck");
  }
}
