package io.culvert.lab.net;

import java.net.Inet4Address;

/** A machine for programs, on the internet or behind a {@link Router}. */
public final class Host extends Machine {
  private final Inet4Address publicAddress;

  Host(Namespace namespace, Processes processes, Inet4Address address, Inet4Address publicAddress) {
    super(namespace, processes, address);
    this.publicAddress = publicAddress;
  }

  /** The address that the internet sees: the router's, or the host's own when it has none. */
  public Inet4Address publicAddress() {
    return publicAddress;
  }
}
