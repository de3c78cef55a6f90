package io.culvert.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionLimitTest {
  private static final InetSocketAddress HERE = new InetSocketAddress("203.0.113.7", 6000);
  private static final InetSocketAddress HERE_TOO = new InetSocketAddress("203.0.113.7", 6001);
  private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("203.0.113.8", 6000);

  private final ConnectionLimit limit = new ConnectionLimit(2);

  @Test
  void anAddressHasSoManyWhateverItsPorts() throws Exception {
    assertThat(limit.admit(new ChannelFrom(HERE))).isTrue();
    assertThat(limit.admit(new ChannelFrom(HERE_TOO))).isTrue();

    assertThat(limit.admit(new ChannelFrom(HERE_TOO))).isFalse();
  }

  @Test
  void addressesDoNotCountForEachOther() throws Exception {
    limit.admit(new ChannelFrom(HERE));
    limit.admit(new ChannelFrom(HERE_TOO));

    assertThat(limit.admit(new ChannelFrom(ELSEWHERE))).isTrue();
  }

  @Test
  void allAddressesOfAnIpv6NetworkCountForEachOther() throws Exception {
    limit.admit(new ChannelFrom(new InetSocketAddress("2001:db8:1:2::3", 6000)));
    limit.admit(new ChannelFrom(new InetSocketAddress("2001:db8:1:2:ffff::", 6000)));

    assertThat(limit.admit(new ChannelFrom(new InetSocketAddress("2001:db8:1:2::5", 1)))).isFalse();
    assertThat(limit.admit(new ChannelFrom(new InetSocketAddress("2001:db8:1:3::3", 1)))).isTrue();
  }

  @Test
  void whoLeavesMakesRoomForOne() throws Exception {
    ChannelFrom first = new ChannelFrom(HERE);
    limit.admit(first);
    limit.admit(new ChannelFrom(HERE));

    first.close();
    first.close();

    assertThat(limit.admit(new ChannelFrom(HERE))).isTrue();
    assertThat(limit.admit(new ChannelFrom(HERE))).isFalse();
  }

  @Test
  void whoWasNotAdmittedMakesNoRoom() throws Exception {
    limit.admit(new ChannelFrom(HERE));
    limit.admit(new ChannelFrom(HERE));
    ChannelFrom third = new ChannelFrom(HERE);
    limit.admit(third);

    third.close();

    assertThat(limit.admit(new ChannelFrom(HERE))).isFalse();
  }

  @Test
  void whoIsGoneAlreadyIsNotAdmitted() throws Exception {
    assertThat(limit.admit(new ChannelFrom(null))).isFalse();
  }

  @Test
  void afterAllHaveLeftItIsAsInTheBeginning() throws Exception {
    for (int round = 0; round < 3; round++) {
      List<ChannelFrom> admitted = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        ChannelFrom channel = new ChannelFrom(HERE);
        assertThat(limit.admit(channel)).isTrue();
        admitted.add(channel);
      }
      assertThat(limit.admit(new ChannelFrom(HERE))).isFalse();
      admitted.forEach(ChannelFrom::close);
    }
  }
}
