package io.culvert.lab.net;

import java.util.List;

/** A machine for programs, on the internet or behind a {@link Router}. */
public final class Host extends Machine {
  private int interfaces = 1;

  Host(Namespace namespace, Processes processes, Interface first) {
    super(namespace, processes, first);
  }

  /** The interface that the host has from the beginning, {@code eth0}. */
  public Interface first() {
    return firstInterface();
  }

  /**
   * Gives the host a further interface, {@code eth1}, {@code eth2} …, in the internet or a LAN,
   * with its lowest free address. What is not bound to that address takes it only while those
   * before are down.
   */
  public synchronized Interface connect(Segment segment) {
    int order = interfaces++;
    return new Interface(
        namespace(),
        "eth" + order,
        order,
        segment,
        List.of(segment.subnet().takeNext()),
        segment.stack());
  }

  /** See {@link Interface#stack}, of the first interface. */
  public void stack(Stack stack) {
    first().stack(stack);
  }
}
