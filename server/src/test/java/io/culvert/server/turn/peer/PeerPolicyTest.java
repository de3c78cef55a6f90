package io.culvert.server.turn.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.transport.udp.Endpoint;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers in the names are those of the list of attacks that a relay must survive. */
class PeerPolicyTest {
  private static final int PORT = 40_000;

  /** Where there is a relay at each of the server's own addresses. */
  private static final int RELAYED = 50_000;

  private static final PeerPolicy DEFAULT = policy(List.of(), List.of());

  /** Allows whatever can be allowed by lists. */
  private static final PeerPolicy GENEROUS =
      policy(
          List.of("0.0.0.0/0", "::/0", "127.0.0.1", "::1", "0.0.0.0", "::", "64:ff9b::/96"),
          List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "1.1.1.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "223.255.255.255",
        "126.255.255.255",
        "128.0.0.1",
        "9.9.9.9",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.0",
        "169.253.0.1",
        "169.255.0.1",
        "198.17.0.1",
        "198.20.0.1",
        "192.167.1.1",
        "192.169.1.1",
        "2606:4700::1111",
        "2a00:1450::1",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2003::1",
        "64:ff9b::8.8.8.8"
      })
  void everybodyOnTheInternetIsAPeer(String peer) {
    assertThat(allows(DEFAULT, peer)).isTrue();
    assertThat(allowsAddress(DEFAULT, peer)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "01, 0.0.0.0",
    "02, 0.1.2.3",
    "02, 0.255.255.255",
    "03, 127.0.0.1",
    "03, 127.255.255.254",
    "03, 127.0.0.0",
    "03, 127.255.255.255",
    "04, ::",
    "05, ::1",
    "06, ::ffff:127.0.0.1",
    "06, ::ffff:8.8.8.8",
    "07, ::ffff:0.0.0.0",
    "08, ::127.0.0.1",
    "08, ::8.8.8.8",
    "08, ::ffff:0:127.0.0.1",
    "09, 64:ff9b::7f00:1",
    "09, 64:ff9b::0.0.0.0",
    "09, 64:ff9b::127.255.255.254",
    "10, 64:ff9b:1::",
    "10, 64:ff9b:1::7f00:1",
    "10, 64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "11, 2002:7f00:1::1",
    "11, 2002:808:808::1",
    "11, 2002::",
    "11, 2002:ffff:ffff::",
    "12, 2001::",
    "12, 2001::1",
    "12, 2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "12, 2001:0:ffff:ffff:ffff:ffff:ffff:ffff"
  })
  void case20_whatIsNoPeerForAnybodyIsNoneWhateverTheListsSay(String number, String peer) {
    assertThat(List.of(allows(DEFAULT, peer), allows(GENEROUS, peer)))
        .as(number)
        .containsOnly(false);
    assertThat(List.of(allowsAddress(DEFAULT, peer), allowsAddress(GENEROUS, peer)))
        .as(number)
        .containsOnly(false);
  }

  @ParameterizedTest
  @CsvSource({
    "13, 169.254.169.254",
    "13, ::ffff:169.254.169.254",
    "13, 64:ff9b::169.254.169.254",
    "13, fd00:ec2::254",
    "13, 168.63.129.16",
    "13, 100.100.100.200",
    "13, fd20:ce::254",
    "14, 10.0.0.0",
    "14, 10.255.255.255",
    "14, 172.16.0.0",
    "14, 172.31.255.255",
    "14, 192.168.0.0",
    "14, 192.168.255.255",
    "14, 100.64.0.0",
    "14, 100.127.255.255",
    "14, ::ffff:10.0.0.1",
    "14, ::ffff:172.16.0.1",
    "14, ::ffff:192.168.0.1",
    "14, ::ffff:100.64.0.1",
    "14, 64:ff9b::10.0.0.1",
    "14, ::10.0.0.1",
    "14, 2002:a00:1::",
    "15, 192.0.0.0",
    "15, 192.0.0.255",
    "15, 192.0.2.1",
    "15, 198.18.0.0",
    "15, 198.19.255.255",
    "15, 198.51.100.1",
    "15, 203.0.113.255",
    "15, 192.88.99.1",
    "15, 192.31.196.1",
    "15, 192.52.193.1",
    "15, 192.175.48.1",
    "16, 224.0.0.1",
    "16, 239.255.255.255",
    "16, 240.0.0.1",
    "16, 255.255.255.254",
    "16, 255.255.255.255",
    "16, ff00::",
    "16, ff02::1",
    "16, ffff:ffff::",
    "17, fc00::",
    "17, fdff:ffff::",
    "17, fe80::1",
    "17, febf:ffff::",
    "17, fec0::1",
    "17, feff::",
    "17, 100::",
    "17, 100::ffff:ffff:ffff:ffff",
    "17, 2001:db8::1",
    "17, 3fff::",
    "17, 3fff:fff::1",
    "17, 5f00::1",
    "17, 2620:4f:8000::1",
    "17, 2001:2::1",
    "17, 2001:10::1",
    "17, 2001:20::1",
    "17, 2001:1ff:ffff::",
    "17, 1fff::",
    "17, 4000::",
    "17, 64:ff9c::1",
    "17, 200::1"
  })
  void whatIsSpecialIsNoPeerByDefault(String number, String peer) {
    assertThat(allows(DEFAULT, peer)).as(number).isFalse();
    assertThat(allowsAddress(DEFAULT, peer)).as(number).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.2.3",
    "169.254.169.254, 169.254.169.254",
    "203.0.113.0/24, 203.0.113.7",
    "224.0.0.0/4, 224.0.0.1",
    "fd00::/8, fd12::1",
    "2001:db8::/32, 2001:db8::1",
    "::/0, fe80::1",
    "0.0.0.0/0, 192.168.1.1",
    "10.0.0.0/8, 64:ff9b::10.1.2.3"
  })
  void case20_anAllowedNetworkIsAllowedThoughItIsSpecial(String network, String peer) {
    assertThat(allows(DEFAULT, peer)).isFalse();
    assertThat(allows(policy(List.of(network), List.of()), peer)).isTrue();
  }

  @Test
  void anIpv4NetworkSaysNothingOfIpv6AndTheOtherWayRound() {
    assertThat(allows(policy(List.of("0.0.0.0/0"), List.of()), "fd00::1")).isFalse();
    assertThat(allows(policy(List.of("::/0"), List.of()), "10.0.0.1")).isFalse();
    assertThat(allows(policy(List.of(), List.of("::/0")), "8.8.8.8")).isTrue();
  }

  @Test
  void aDeniedNetworkIsDenied() {
    PeerPolicy policy = policy(List.of(), List.of("8.8.8.0/24", "2a00::/16"));
    assertThat(allows(policy, "8.8.8.8")).isFalse();
    assertThat(allows(policy, "64:ff9b::8.8.8.8")).isFalse();
    assertThat(allows(policy, "2a00:1::1")).isFalse();
    assertThat(allows(policy, "8.8.9.8")).isTrue();
  }

  @Test
  void theSmallestNetworkDecidesInWhicheverListItIs() {
    PeerPolicy policy =
        policy(List.of("10.0.0.0/8", "10.0.0.5"), List.of("10.0.0.0/24", "8.8.8.8"));
    assertThat(allows(policy, "10.1.0.1")).isTrue();
    assertThat(allows(policy, "10.0.0.1")).isFalse();
    assertThat(allows(policy, "10.0.0.5")).isTrue();
    assertThat(allows(policy, "8.8.8.8")).isFalse();
  }

  @Test
  void whoeverDeniesAllAllowsOnlyWhatIsListed() {
    PeerPolicy policy = policy(List.of("8.8.8.8", "10.9.0.0/16"), List.of("0.0.0.0/0", "::/0"));
    assertThat(allows(policy, "8.8.8.8")).isTrue();
    assertThat(allows(policy, "10.9.1.1")).isTrue();
    assertThat(allows(policy, "8.8.4.4")).isFalse();
    assertThat(allows(policy, "2a00::1")).isFalse();
    assertThat(allows(policy, "64:ff9b::8.8.8.8")).isFalse();
  }

  @Test
  void aTranslatorIsDeniedByItsOwnAddressToo() {
    assertThat(allows(policy(List.of(), List.of("64:ff9b::/96")), "64:ff9b::8.8.8.8")).isFalse();
    assertThat(allows(policy(List.of("64:ff9b::/96"), List.of()), "64:ff9b::10.0.0.1")).isFalse();
  }

  /** What listens at a wildcard can be called at each of 16 million loopback addresses. */
  @Test
  void case18_aServiceOnLoopbackIsNoPeerUnderAnyLoopbackAddress() {
    PeerPolicy policy =
        PeerPolicy.of(List.of(), List.of(), true, List.of(), List.of(endpoint("127.0.0.1", 3380)));
    assertThat(policy.allows(endpoint("127.9.9.9", 3380), true, false)).isFalse();
    assertThat(policy.allows(endpoint("::1", 3380), false, false)).isFalse();
    assertThat(policy.allows(endpoint("127.9.9.9", 3381), true, false)).isTrue();
  }

  @Test
  void case20_loopbackHasASwitchOfItsOwn() {
    PeerPolicy policy =
        PeerPolicy.of(
            List.of(),
            List.of(),
            true,
            addresses("127.0.0.1"),
            List.of(endpoint("127.0.0.1", 3478), endpoint("::1", 3478)));
    for (String peer : List.of("127.0.0.1", "127.9.9.9", "::1")) {
      assertThat(allows(policy, peer)).as(peer).isTrue();
    }
    for (String peer :
        List.of(
            "0.0.0.0",
            "::",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b:1::127.0.0.1",
            "2002:7f00:1::1",
            "2001::1",
            "10.0.0.1")) {
      assertThat(allows(policy, peer)).as(peer).isFalse();
    }
    assertThat(allows(policy, "127.0.0.1", 3478)).isFalse();
    assertThat(allows(policy, "::1", 3478)).isFalse();
  }

  @Test
  void case19_port0IsNoPeer() {
    assertThat(allows(DEFAULT, "8.8.8.8", 0)).isFalse();
    assertThat(allows(DEFAULT, "8.8.8.8", 1)).isTrue();
    assertThat(allows(DEFAULT, "8.8.8.8", 65_535)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5.5.5.5", "192.168.77.1", "2a05::5"})
  void case21_theServerItselfIsAPeerOnlyWhereItRelays(String own) {
    PeerPolicy policy = owning(own, List.of(), List.of());
    assertThat(allows(policy, own, RELAYED)).isTrue();
    assertThat(allowsAddress(policy, own)).isTrue();
    for (int port : new int[] {1, 22, 3478, 5349, 49_999, 50_001}) {
      assertThat(allows(policy, own, port)).as("case 18, 62: port %d", port).isFalse();
    }
  }

  @Test
  void case18_aNetworkAroundTheServerDoesNotOpenTheServer() {
    PeerPolicy policy = owning("10.0.0.5", List.of("10.0.0.0/8"), List.of());
    assertThat(allows(policy, "10.0.0.4", 22)).isTrue();
    assertThat(allows(policy, "10.0.0.5", 22)).isFalse();
    assertThat(allows(policy, "10.0.0.5", RELAYED)).isTrue();
  }

  @Test
  void case18_whoeverListsTheServersAddressOpensAllButItsServices() {
    PeerPolicy policy = owning("10.0.0.5", List.of("10.0.0.5"), List.of());
    assertThat(allows(policy, "10.0.0.5", 22)).isTrue();
    assertThat(allows(policy, "10.0.0.5", 3478)).isFalse();
  }

  @Test
  void whoeverDeniesTheServersAddressForbidsRelayToRelay() {
    assertThat(allows(owning("5.5.5.5", List.of(), List.of("5.5.5.5")), "5.5.5.5", RELAYED))
        .isFalse();
    assertThat(allows(owning("5.5.5.5", List.of(), List.of("0.0.0.0/0")), "5.5.5.5", RELAYED))
        .isFalse();
  }

  @Test
  void case18_theServerIsNotReachedThroughATranslatorEither() {
    PeerPolicy policy = owning("5.5.5.5", List.of(), List.of());
    assertThat(allows(policy, "64:ff9b::5.5.5.5", RELAYED)).isFalse();
    assertThat(allows(policy, "64:ff9b::5.5.5.5", 3478)).isFalse();
    assertThat(allowsAddress(policy, "64:ff9b::5.5.5.5")).isFalse();
  }

  @Test
  void case18_theDatabaseIsNoPeerThoughItsNetworkIsAllowed() {
    PeerPolicy policy =
        PeerPolicy.of(
            List.of(Cidr.parse("10.0.0.0/8")),
            List.of(),
            false,
            List.of(),
            List.of(endpoint("10.0.0.9", 5432), endpoint("7.7.7.7", 5432)));
    assertThat(allows(policy, "10.0.0.9", 5432)).isFalse();
    assertThat(allows(policy, "64:ff9b::10.0.0.9", 5432)).isFalse();
    assertThat(allows(policy, "7.7.7.7", 5432)).isFalse();
    assertThat(allows(policy, "10.0.0.9", 5433)).isTrue();
  }

  @Test
  void case22_aNetworkInBothListsIsAnError() {
    assertThatThrownBy(() -> policy(List.of("10.0.0.0/8"), List.of("8.8.8.8", "10.0.0.0/8")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "10.0.0.0/8 is both allowed and denied to peers. Take it out of one of the lists.");
  }

  @Test
  void theUnspecifiedAddressIsNobodysOwn() {
    assertThatThrownBy(() -> owning("0.0.0.0", List.of(), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0.0.0.0 is no address of its own. Name the addresses that it stands for.");
  }

  @Test
  void case24_anIpv4AddressOutOfAnIpv6AttributeIsNoPeer() {
    Endpoint peer = endpoint("8.8.8.8", PORT);
    assertThat(DEFAULT.allows(peer, true, false)).isTrue();
    assertThat(DEFAULT.allows(peer, false, false)).isFalse();
    assertThat(DEFAULT.allows(peer.high(), peer.low(), false)).isFalse();
    Endpoint six = endpoint("2a00::1", PORT);
    assertThat(DEFAULT.allows(six, true, false)).isFalse();
  }

  @Property(tries = 5_000)
  void everyEncodingOfADeniedIpv4AddressIsDenied(@ForAll("ipv4") byte[] ipv4) {
    boolean denied = !allowsBytes(DEFAULT, ipv4);
    HexFormat hex = HexFormat.of();
    String digits = hex.formatHex(ipv4);
    String inverted = "%08x".formatted(~Integer.parseUnsignedInt(digits, 16));
    for (String encoded :
        List.of(
            "0".repeat(24) + digits,
            "0".repeat(20) + "ffff" + digits,
            "0".repeat(16) + "ffff0000" + digits,
            "2002" + digits + "0".repeat(19) + "1",
            "20010000" + digits + "0".repeat(16),
            "20010000" + "0".repeat(16) + inverted,
            "0064ff9b0001" + "0".repeat(12) + digits)) {
      byte[] six = hex.parseHex(encoded);
      assertThat(six).hasSize(16);
      assertThat(allowsSix(DEFAULT, six)).as(encoded).isFalse();
      assertThat(allowsSix(GENEROUS, six)).as(encoded).isFalse();
    }
    byte[] nat64 = hex.parseHex("0064ff9b" + "0".repeat(16) + digits);
    assertThat(allowsSix(DEFAULT, nat64)).isEqualTo(!denied);
  }

  /** Anywhere, but more often near the edges of what is denied. */
  @Provide
  Arbitrary<byte[]> ipv4() {
    Arbitrary<Byte> special =
        Arbitraries.of(
            Stream.of(0, 10, 100, 127, 169, 172, 192, 198, 203, 224, 240, 255, 16, 64, 168, 254)
                .map(Integer::byteValue)
                .toList());
    return Arbitraries.oneOf(special, Arbitraries.bytes()).array(byte[].class).ofSize(4);
  }

  private static PeerPolicy policy(List<String> allow, List<String> deny) {
    return PeerPolicy.of(networks(allow), networks(deny), false, List.of(), List.of());
  }

  /** One that knows this address as the server's, with its listener. */
  private static PeerPolicy owning(String own, List<String> allow, List<String> deny) {
    return PeerPolicy.of(
        networks(allow), networks(deny), false, addresses(own), List.of(endpoint(own, 3478)));
  }

  private static List<Cidr> networks(List<String> texts) {
    return texts.stream().map(Cidr::parse).toList();
  }

  private static List<InetAddress> addresses(String... texts) {
    return Stream.of(texts).map(InetAddress::ofLiteral).toList();
  }

  /** Of a mapped address the JDK makes one of IPv4, which is the same here. */
  private static Endpoint endpoint(String text, int port) {
    return Endpoint.of(InetAddress.ofLiteral(text), port);
  }

  private static boolean allows(PeerPolicy policy, String peer) {
    return allows(policy, peer, PORT);
  }

  private static boolean allows(PeerPolicy policy, String peer, int port) {
    Endpoint endpoint = endpoint(peer, port);
    return policy.allows(endpoint, isIpv4(peer), port == RELAYED);
  }

  private static boolean allowsAddress(PeerPolicy policy, String peer) {
    Endpoint endpoint = endpoint(peer, 0);
    return policy.allows(endpoint.high(), endpoint.low(), isIpv4(peer));
  }

  private static boolean isIpv4(String peer) {
    return peer.indexOf(':') < 0;
  }

  private static boolean allowsBytes(PeerPolicy policy, byte[] ipv4) {
    int address = Integer.parseUnsignedInt(HexFormat.of().formatHex(ipv4), 16);
    return policy.allows(new Endpoint(0, Endpoint.low(address), PORT), true, false);
  }

  private static boolean allowsSix(PeerPolicy policy, byte[] six) {
    ByteBuffer bytes = ByteBuffer.wrap(six);
    return policy.allows(new Endpoint(bytes.getLong(), bytes.getLong(), PORT), false, false);
  }
}
