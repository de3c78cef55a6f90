package io.culvert.lab.net;

import java.net.Inet4Address;

/** A machine for programs, on the internet or behind a {@link Router}. */
public final class Host extends Machine {
  Host(
      Namespace namespace,
      Processes processes,
      Cable cable,
      Inet4Address address,
      Inet4Address publicAddress) {
    super(namespace, processes, cable, address, publicAddress);
  }
}
