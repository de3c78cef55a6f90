package io.culvert.client.net;

import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;

/** The addresses of this machine. */
public final class LocalAddresses {
  private LocalAddresses() {}

  /**
   * Whether a connection's own address is one of this machine still. Nothing goes by one whose
   * address has gone, but its end is not told either.
   */
  public static boolean isFromHere(Channel connection) {
    return connection.localAddress() instanceof InetSocketAddress ours && isHere(ours.getAddress());
  }

  /**
   * Whether somebody may be told to be there: nobody may send us to the services of our own
   * machine, unless that is where the one is whom we know already, nor to many at once.
   */
  public static boolean mayBeSomebody(InetAddress address, InetAddress known) {
    return !address.isAnyLocalAddress()
        && !address.isMulticastAddress()
        && (!address.isLoopbackAddress() || known.isLoopbackAddress());
  }

  private static boolean isHere(InetAddress address) {
    try {
      NetworkInterface device = NetworkInterface.getByInetAddress(address);
      return device != null && device.isUp();
    } catch (SocketException e) {
      return false; // it has just gone
    }
  }
}
