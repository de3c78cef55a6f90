package io.culvert.client.ice;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.ice.IceCandidate;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalCandidatesTest {
  private static final InetSocketAddress LAN = new InetSocketAddress("192.168.1.2", 4000);
  private static final InetSocketAddress OTHER_LAN = new InetSocketAddress("192.168.2.2", 4000);
  private static final InetSocketAddress IPV6 = new InetSocketAddress("2001:db8::2", 4001);
  private static final InetSocketAddress OUTSIDE = new InetSocketAddress("203.0.113.2", 4000);
  private static final InetSocketAddress RELAYED = new InetSocketAddress("203.0.113.1", 5000);
  private static final InetSocketAddress RELAYED_IPV6 = new InetSocketAddress("2001:db8::1", 5001);

  private final List<IceCandidate> told = new ArrayList<>();
  private final LocalCandidates candidates = new LocalCandidates(told::add);

  @Test
  void ofOneKindThoseOfIpv6AreBetterInWhateverOrderTheyCome() {
    candidates.hosts(new LinkedHashSet<>(List.of(LAN, OTHER_LAN, IPV6)));
    candidates.reflexive(OUTSIDE);
    candidates.relayed(List.of(RELAYED, RELAYED_IPV6));

    assertThat(candidates.all().stream().sorted(byPriority()).map(IceCandidate::address))
        .containsExactly(IPV6, LAN, OTHER_LAN, OUTSIDE, RELAYED_IPV6, RELAYED);
    assertThat(candidates.all()).extracting(IceCandidate::foundation).doesNotHaveDuplicates();
    assertThat(told).isEqualTo(candidates.all());
  }

  @Test
  void otherAddressesAtTheRelayTakeThePlaceOfTheFirst() {
    candidates.relayed(List.of(RELAYED, RELAYED_IPV6));
    candidates.relayed(List.of(OUTSIDE));

    assertThat(candidates.all()).extracting(IceCandidate::address).containsExactly(OUTSIDE);
  }

  private static Comparator<IceCandidate> byPriority() {
    return Comparator.comparingLong(IceCandidate::priority).reversed();
  }
}
