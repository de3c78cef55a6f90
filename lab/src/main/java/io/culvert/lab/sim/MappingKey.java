package io.culvert.lab.sim;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a mapping is for.
 *
 * @param remote where to, unless that does not matter
 * @param port to which port there, or 0 when that does not matter
 */
record MappingKey(InetSocketAddress inner, @Nullable InetAddress remote, int port) {
  static MappingKey toAnywhere(InetSocketAddress inner) {
    return new MappingKey(inner, null, 0);
  }

  static MappingKey toAddress(InetSocketAddress inner, InetSocketAddress remote) {
    return new MappingKey(inner, remote.getAddress(), 0);
  }

  static MappingKey toEndpoint(InetSocketAddress inner, InetSocketAddress remote) {
    return new MappingKey(inner, remote.getAddress(), remote.getPort());
  }
}
