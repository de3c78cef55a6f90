package io.culvert.server.turn.peer;

import io.culvert.wire.transport.udp.Endpoint;
import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All addresses that begin with the same bits (RFC 4632, RFC 4291 §2.3). It contains addresses of
 * its own family only: ::/0 has no IPv4 address in it.
 *
 * @param high the first 8 bytes of the lowest address, which {@link Endpoint} writes this way
 * @param low the other 8
 * @param bits how many bits all have in common; 96 more than people write for an IPv4 network
 */
public record Cidr(long high, long low, int bits) {
  private static final Pattern IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

  /** No zone, no brackets: an address as it stands in a packet. */
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private static final Pattern TEXT = Pattern.compile("([^/]*)(?:/(0|[1-9][0-9]{0,2}))?");

  private static final int IPV4_BITS = 32;
  private static final int ALL_BITS = 128;

  /** Where the bits of an IPv4 address begin. */
  private static final int IPV4_AT = ALL_BITS - IPV4_BITS;

  public Cidr {
    if (bits < 0 || bits > ALL_BITS) {
      throw new IllegalArgumentException("an address has no " + bits + " bits");
    }
    if ((high & highMask(bits)) != high || (low & lowMask(bits)) != low) {
      throw new IllegalArgumentException("bits behind the first " + bits + " are set");
    }
  }

  /**
   * Reads {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a single address.
   *
   * @throws IllegalArgumentException when it is none of these; the message is a sentence for
   *     whoever has written it
   */
  public static Cidr parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw notANetwork(text);
    }
    InetAddress address = address(text, matcher.group(1));
    Endpoint all = Endpoint.of(address, 0);
    boolean ipv4 = IPV4.matcher(matcher.group(1)).matches();
    if (!ipv4 && all.isIpv4()) {
      throw new IllegalArgumentException(
          "\"%s\" is an IPv4 network written as IPv6. Write it as IPv4.".formatted(text));
    }
    int most = ipv4 ? IPV4_BITS : ALL_BITS;
    int length = matcher.group(2) == null ? most : Integer.parseInt(matcher.group(2));
    if (length > most) {
      throw new IllegalArgumentException(
          "\"%s\" has a prefix of %d bits, but an address has %d.".formatted(text, length, most));
    }
    int bits = ipv4 ? length + IPV4_AT : length;
    long high = all.high() & highMask(bits);
    long low = all.low() & lowMask(bits);
    if (high != all.high() || low != all.low()) {
      throw new IllegalArgumentException(
          "\"%s\" has bits behind its prefix. Write %s for the network, or the address alone."
              .formatted(text, new Cidr(high, low, bits)));
    }
    return new Cidr(high, low, bits);
  }

  /** The network that contains only this address. */
  public static Cidr of(InetAddress address) {
    Endpoint all = Endpoint.of(address, 0);
    return new Cidr(all.high(), all.low(), ALL_BITS);
  }

  /** Whether it is a network of IPv4 addresses. */
  public boolean isIpv4() {
    return bits >= IPV4_AT && Endpoint.isIpv4(high, low);
  }

  /** Whether there is no other address in it. */
  public boolean isSingle() {
    return bits == ALL_BITS;
  }

  /** Whether an address is in it. */
  public boolean contains(long itsHigh, long itsLow) {
    return (itsHigh & highMask(bits)) == high
        && (itsLow & lowMask(bits)) == low
        && Endpoint.isIpv4(itsHigh, itsLow) == isIpv4();
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    String address = new Endpoint(high, low, 0).address().getHostAddress();
    if (isSingle()) {
      return address;
    }
    return address + "/" + (isIpv4() ? bits - IPV4_AT : bits);
  }

  private static InetAddress address(String text, String literal) {
    if (!IPV4.matcher(literal).matches() && !IPV6.matcher(literal).matches()) {
      throw notANetwork(text);
    }
    try {
      return InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException e) {
      throw notANetwork(text);
    }
  }

  private static IllegalArgumentException notANetwork(String text) {
    return new IllegalArgumentException(
        "\"%s\" is no network. Write one as 10.0.0.0/8 or 2001:db8::/32, or an IP address."
            .formatted(text));
  }

  private static long highMask(int bits) {
    return mask(Math.min(bits, Long.SIZE));
  }

  private static long lowMask(int bits) {
    return mask(Math.max(bits - Long.SIZE, 0));
  }

  /** So many ones from the left. */
  private static long mask(int bits) {
    return bits == 0 ? 0 : -1L << (Long.SIZE - bits);
  }
}
