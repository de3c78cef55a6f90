package io.culvert.wire.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IceCandidateTest {
  @Test
  void readsTheExamplesOfTheStandard() throws Exception {
    assertThat(IceCandidate.parse("candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host"))
        .contains(
            IceCandidate.udp(
                "1", 2130706431, new InetSocketAddress("203.0.113.141", 8998), CandidateType.HOST));
    assertThat(
            IceCandidate.parse(
                "a=candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141"
                    + " rport 8998"))
        .contains(
            new IceCandidate(
                "2",
                1694498815,
                new InetSocketAddress("192.0.2.3", 45664),
                CandidateType.SERVER_REFLEXIVE,
                Optional.of(new InetSocketAddress("203.0.113.141", 8998)),
                Optional.empty()));
  }

  @Test
  void readsWhatBrowsersWrite() throws Exception {
    Optional<IceCandidate> candidate =
        IceCandidate.parse(
            "candidate:842163049 1 udp 1677729535 2001:db8::7 51234 typ srflx raddr 0.0.0.0 rport 0"
                + " generation 0 ufrag aBcD network-cost 999");
    assertThat(candidate)
        .map(IceCandidate::address)
        .contains(new InetSocketAddress("2001:db8::7", 51234));
  }

  @Test
  void aCandidateOfTcpSaysWhoConnects() throws Exception {
    String line = "candidate:3 1 TCP 2105524479 192.0.2.1 9 typ host tcptype active";
    IceCandidate candidate = IceCandidate.parse(line).orElseThrow();
    assertThat(candidate.tcp()).contains(TcpType.ACTIVE);
    assertThat(candidate.toLine()).isEqualTo(line);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "candidate:1 2 UDP 1 192.0.2.1 1 typ host",
        "candidate:1 1 SCTP 1 192.0.2.1 1 typ host",
        "candidate:1 1 TCP 1 192.0.2.1 1 typ host",
        "candidate:1 1 TCP 1 192.0.2.1 1 typ host tcptype other",
        "candidate:1 1 UDP 1 192.0.2.1 1 typ teleported",
        "candidate:1 1 UDP 1 0b8e4c7a.local 1 typ host",
      })
  void whatCannotBeUsedIsIgnored(String line) throws Exception {
    assertThat(IceCandidate.parse(line)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "candidate:",
        "candidate:1 1 UDP 1 192.0.2.1 1 typ",
        "1 1 UDP 1 192.0.2.1 1 typ host",
        "candidate:1 1 UDP 1 192.0.2.1 1 type host",
        "candidate:- 1 UDP 1 192.0.2.1 1 typ host",
        "candidate: 1 UDP 1 192.0.2.1 1 typ host",
        "candidate:123456789012345678901234567890123 1 UDP 1 192.0.2.1 1 typ host",
        "candidate:1 0 UDP 1 192.0.2.1 1 typ host",
        "candidate:1 257 UDP 1 192.0.2.1 1 typ host",
        "candidate:1 1 UDP 0 192.0.2.1 1 typ host",
        "candidate:1 1 UDP 2147483648 192.0.2.1 1 typ host",
        "candidate:1 1 UDP -1 192.0.2.1 1 typ host",
        "candidate:1 1 UDP 1 192.0.2.1 65536 typ host",
        "candidate:1 1 UDP 1 192.0.2.1 x typ host",
        "candidate:1 1 UDP 1 192.0.2.1 1 typ host raddr 192.0.2.1 rport 65536",
      })
  void whatIsNoCandidateIsSaidToBeNone(String line) {
    assertThatThrownBy(() -> IceCandidate.parse(line))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Property
  void whatIsWrittenIsRead(@ForAll("candidates") IceCandidate candidate) throws Exception {
    assertThat(IceCandidate.parse(candidate.toLine())).contains(candidate);
  }

  @Property
  void anyTextIsReadOrRefused(@ForAll String text) {
    try {
      IceCandidate.parse("candidate:" + text.replace('.', ' '));
    } catch (MalformedMessageException e) {
      assertThat(e).hasMessageStartingWith("no ");
    }
  }

  @Provide
  static Arbitrary<IceCandidate> candidates() {
    return Combinators.combine(
            Arbitraries.strings().withChars("aZ09+/").ofMinLength(1).ofMaxLength(32),
            Arbitraries.longs().between(1, Integer.MAX_VALUE),
            addresses(),
            Arbitraries.of(CandidateType.class),
            addresses().optional(),
            Arbitraries.of(TcpType.PASSIVE, TcpType.SO).optional())
        .as(IceCandidate::new);
  }

  private static Arbitrary<InetSocketAddress> addresses() {
    Arbitrary<byte[]> bytes =
        Arbitraries.of(4, 16)
            .flatMap(length -> Arbitraries.bytes().array(byte[].class).ofSize(length));
    return Combinators.combine(bytes, Arbitraries.integers().between(0, 0xffff))
        .as((ip, port) -> new InetSocketAddress(address(ip), port));
  }

  private static InetAddress address(byte[] ip) {
    try {
      return InetAddress.getByAddress(ip);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }
}
