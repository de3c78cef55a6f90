package io.culvert.server.net;

import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses as people write them. */
public final class Addresses {
  private Addresses() {}

  /** {@code 192.0.2.1:80} or {@code [2001:db8::1]:80}. */
  public static String show(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = NetUtil.toAddressString(ip);
    return (ip instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
