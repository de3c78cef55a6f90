package io.culvert.lab.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** An IPv4 subnet, and which of its addresses are taken. Safe for use by several threads. */
final class Subnet {
  private final int network;
  private final int length;
  private final Set<Integer> taken = new HashSet<>();

  private Subnet(int network, int length) {
    this.network = network;
    this.length = length;
  }

  /** Reads {@code 192.168.1.0/24}. */
  static Subnet parse(String text) {
    int slash = text.indexOf('/');
    int length = slash < 0 ? -1 : Integer.parseInt(text.substring(slash + 1));
    if (length < 8 || length > 30) {
      throw new IllegalArgumentException(
          "'" + text + "' is no subnet of a lab: write it as 192.168.1.0/24, with 8 to 30 bits.");
    }
    int address = bits(Inet4Address.ofLiteral(text.substring(0, slash)));
    return new Subnet(address & (-1 << (32 - length)), length);
  }

  /** Takes the lowest free address. */
  synchronized Inet4Address takeNext() {
    for (int address = network + 1; address < broadcast(); address++) {
      if (taken.add(address)) {
        return address(address);
      }
    }
    throw new IllegalStateException("Every address of " + this + " is taken.");
  }

  /** Takes the highest host address, by custom the gateway's where the lowest is not. */
  Inet4Address takeLast() {
    return take(address(broadcast() - 1));
  }

  synchronized Inet4Address take(Inet4Address address) {
    int number = bits(address);
    if (number <= network || number >= broadcast()) {
      throw new IllegalArgumentException(
          address.getHostAddress() + " is no host address of " + this + ".");
    }
    if (!taken.add(number)) {
      throw new IllegalArgumentException(address.getHostAddress() + " is taken already.");
    }
    return address;
  }

  int length() {
    return length;
  }

  /** Which address of this subnet that is: 1 is the lowest of a host. */
  int number(Inet4Address address) {
    return bits(address) - network;
  }

  /** How many addresses there are for hosts. */
  int hosts() {
    return broadcast() - network - 1;
  }

  /** The address with that number, whoever has it. */
  Inet4Address host(int number) {
    return address(network + number);
  }

  @Override
  public String toString() {
    return address(network).getHostAddress() + "/" + length;
  }

  private int broadcast() {
    return network | (-1 >>> length);
  }

  private static int bits(Inet4Address address) {
    return ByteBuffer.wrap(address.getAddress()).getInt();
  }

  private static Inet4Address address(int number) {
    try {
      byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
      return (Inet4Address) InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("Four bytes are an address.", e);
    }
  }
}
