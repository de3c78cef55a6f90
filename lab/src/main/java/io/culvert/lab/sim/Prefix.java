package io.culvert.lab.sim;

import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * The addresses that begin with the same bits.
 *
 * @param network the first of them
 * @param length how many bits they share
 */
public record Prefix(InetAddress network, int length) {
  private static final List<Prefix> PRIVATE =
      List.of(
          parse("10.0.0.0/8"),
          parse("100.64.0.0/10"),
          parse("127.0.0.0/8"),
          parse("169.254.0.0/16"),
          parse("172.16.0.0/12"),
          parse("192.168.0.0/16"),
          parse("fc00::/7"),
          parse("fe80::/10"));

  public Prefix {
    if (length < 0 || length > bits(network)) {
      throw new IllegalArgumentException(length + " bits are no prefix of " + network + ".");
    }
    network = address(number(network).shiftRight(bits(network) - length), network, length);
  }

  /** Reads {@code 192.168.1.0/24} or {@code 2001:db8:1::/64}. */
  public static Prefix parse(String text) {
    int slash = text.indexOf('/');
    return new Prefix(
        InetAddress.ofLiteral(text.substring(0, slash)),
        Integer.parseInt(text.substring(slash + 1)));
  }

  /** Whether an address means something else on every network, and nothing on the internet. */
  public static boolean isPrivate(InetAddress address) {
    return PRIVATE.stream().anyMatch(prefix -> prefix.contains(address));
  }

  public boolean isIpv4() {
    return network instanceof Inet4Address;
  }

  public boolean contains(InetAddress address) {
    byte[] ours = network.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    int whole = length / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (ours[i] != theirs[i]) {
        return false;
      }
    }
    int rest = Byte.SIZE - length % Byte.SIZE;
    return rest == Byte.SIZE || (ours[whole] & 0xff) >> rest == (theirs[whole] & 0xff) >> rest;
  }

  /** The address with that number in it; the first one is 0. */
  InetAddress address(long number) {
    return address(number(network).add(BigInteger.valueOf(number)), network, bits(network));
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + length;
  }

  private static int bits(InetAddress address) {
    return address.getAddress().length * Byte.SIZE;
  }

  private static BigInteger number(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  /** The address of the family of another one, given its first bits. */
  private static InetAddress address(BigInteger first, InetAddress like, int length) {
    byte[] bytes = new byte[like.getAddress().length];
    byte[] number = first.shiftLeft(bits(like) - length).toByteArray();
    int count = Math.min(bytes.length, number.length);
    System.arraycopy(number, number.length - count, bytes, bytes.length - count, count);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address.", e);
    }
  }
}
