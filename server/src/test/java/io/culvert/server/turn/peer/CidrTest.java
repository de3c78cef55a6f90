package io.culvert.server.turn.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.transport.udp.Endpoint;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,      10.0.0.0,        10.255.255.255,  9.255.255.255,  11.0.0.0",
    "172.16.0.0/12,   172.16.0.0,      172.31.255.255,  172.15.255.255, 172.32.0.0",
    "192.0.2.1,       192.0.2.1,       192.0.2.1,       192.0.2.0,      192.0.2.2",
    "192.0.2.1/32,    192.0.2.1,       192.0.2.1,       192.0.2.0,      192.0.2.2",
    "128.0.0.0/1,     128.0.0.0,       255.255.255.255, 127.255.255.255, ::8000:0",
    "0.0.0.0/0,       0.0.0.0,         255.255.255.255, ::,             ::1",
    "2001:db8::/32,   2001:db8::,      2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db7:ffff::, 2001:db9::",
    "2001:db8::1,     2001:db8::1,     2001:db8::1,     2001:db8::,     2001:db8::2",
    "::/0,            ::,              ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 0.0.0.0, 255.255.255.255",
    "::/63,           ::,              0:0:0:1:ffff:ffff:ffff:ffff, 0:0:0:2::, 10.0.0.1",
    "2001:db8::/64,   2001:db8::,      2001:db8::ffff:ffff:ffff:ffff, 2001:db8:0:1::, 2001:db7:ffff:ffff:ffff::",
    "2001:db8::/65,   2001:db8::,      2001:db8::7fff:ffff:ffff:ffff, 2001:db8::8000:0:0:0, 2001:db8:0:1::",
    "8000::/1,        8000::,          ffff::,          7fff:ffff::,    128.0.0.0",
  })
  void containsWhatIsBetweenItsFirstAndItsLastAddress(
      String network, String first, String last, String before, String after) {
    assertThat(contains(network, first)).isTrue();
    assertThat(contains(network, last)).isTrue();
    assertThat(contains(network, before)).isFalse();
    assertThat(contains(network, after)).isFalse();
  }

  @Property
  void containsAnAddressIfTheFirstBitsAreTheSame(
      @ForAll("addresses") byte[] one,
      @ForAll("addresses") byte[] other,
      @ForAll @IntRange(min = 0, max = 128) int bits,
      @ForAll @IntRange(min = 0, max = 128) int same) {
    // Others would hardly ever have anything in common.
    byte[] near =
        bytes(
            number(one)
                .shiftRight(128 - same)
                .shiftLeft(128 - same)
                .or(
                    number(other)
                        .and(BigInteger.ONE.shiftLeft(128 - same).subtract(BigInteger.ONE))));
    BigInteger prefix = number(one).shiftRight(128 - bits);
    ByteBuffer network = ByteBuffer.wrap(bytes(prefix.shiftLeft(128 - bits)));
    ByteBuffer address = ByteBuffer.wrap(near);
    assertThat(
            new Cidr(network.getLong(), network.getLong(), bits)
                .contains(address.getLong(), address.getLong()))
        .isEqualTo(number(near).shiftRight(128 - bits).equals(prefix));
  }

  @Provide
  Arbitrary<byte[]> addresses() {
    return Arbitraries.bytes().array(byte[].class).ofSize(16).filter(bytes -> bytes[0] != 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/8",
        "0.0.0.0/0",
        "192.0.2.1",
        "2001:db8:0:0:0:0:0:0/32",
        "0:0:0:0:0:0:0:0/0"
      })
  void isWrittenAsItIsRead(String text) {
    assertThat(Cidr.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "10.0.0.0/8 ",
        " 10.0.0.0/8",
        "10.0.0.0 /8",
        "10.0.0.0/1e1",
        "10.0.0.0/0x8",
        "10.0.0.0/٨",
        "10",
        "10.0",
        "10.0.0",
        "10/8",
        "10.0/16",
        "167772160",
        "0x0a.0.0.0",
        "010.0.0.0/8",
        "10.0.0.256",
        "10.0.0.0.0",
        "10.0.0.0-10.0.0.9",
        "10.0.0.*",
        "10.0.0.0/255.0.0.0",
        "localhost",
        "example.org",
        "example.org/24",
        "all",
        "[::1]",
        "[2001:db8::]/32",
        "fe80::1%eth0",
        "fe80::%1/10",
        ":",
        ":::",
        "::g",
        "2001:db8:::/32",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "2001:db8::1.2.3",
        "2001:db8::/1000",
        "10.0.0.0/8,10.0.0.0/9",
        "%s",
        "10.0.0.0/99999999999"
      })
  void whatIsNoNetworkIsRefusedWithASentence(String text) {
    assertThatThrownBy(() -> Cidr.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("\"" + text + "\" ")
        .hasMessageEndingWith(".");
  }

  @Test
  void aPrefixThatIsLongerThanAnAddressIsRefused() {
    assertThatThrownBy(() -> Cidr.parse("10.0.0.0/33"))
        .hasMessage("\"10.0.0.0/33\" has a prefix of 33 bits, but an address has 32.");
    assertThatThrownBy(() -> Cidr.parse("2001:db8::/129"))
        .hasMessage("\"2001:db8::/129\" has a prefix of 129 bits, but an address has 128.");
  }

  @Test
  void whoeverWritesAHostForANetworkIsToldBoth() {
    assertThatThrownBy(() -> Cidr.parse("10.1.2.3/8"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "\"10.1.2.3/8\" has bits behind its prefix."
                + " Write 10.0.0.0/8 for the network, or the address alone.");
    assertThatThrownBy(() -> Cidr.parse("2001:db8::1/64"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2001:db8:0:0:0:0:0:0/64");
  }

  @Test
  void anIpv4NetworkIsNotWrittenAsIpv6() {
    assertThatThrownBy(() -> Cidr.parse("::ffff:10.0.0.0/104"))
        .hasMessage(
            "\"::ffff:10.0.0.0/104\" is an IPv4 network written as IPv6. Write it as IPv4.");
  }

  @Test
  void theNetworkOfAnAddressContainsNoOther() {
    Cidr network = Cidr.of(InetAddress.ofLiteral("192.0.2.7"));
    assertThat(network).isEqualTo(Cidr.parse("192.0.2.7"));
    assertThat(network.isSingle()).isTrue();
    assertThat(network.isIpv4()).isTrue();
    assertThat(Cidr.parse("192.0.2.0/31").isSingle()).isFalse();
  }

  private static boolean contains(String network, String address) {
    Endpoint endpoint = Endpoint.of(InetAddress.ofLiteral(address), 0);
    return Cidr.parse(network).contains(endpoint.high(), endpoint.low());
  }

  private static BigInteger number(byte[] bytes) {
    return new BigInteger(1, bytes);
  }

  private static byte[] bytes(BigInteger number) {
    byte[] all = number.toByteArray();
    byte[] bytes = new byte[16];
    for (int i = 0; i < Math.min(16, all.length); i++) {
      bytes[15 - i] = all[all.length - 1 - i];
    }
    return bytes;
  }
}
