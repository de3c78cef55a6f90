package io.culvert.lab.sim;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What joins interfaces: each reaches every other by its address. Not thread-safe. */
public abstract sealed class Network permits Internet, Lan {
  private final Map<InetAddress, Interface> members = new HashMap<>();
  private final Map<Prefix, Interface> routes = new LinkedHashMap<>();

  /** Takes a packet that an interface has sent. */
  abstract void carry(Packet packet, Interface from);

  /** Whether a packet to that address needs no gateway. */
  abstract boolean isOnLink(InetAddress address);

  /** Whether it leads anywhere else. */
  abstract boolean leadsOut();

  /** New addresses for a member, one of each family that there is. */
  abstract List<InetAddress> takeAddresses();

  /** A new address of the same family. */
  abstract InetAddress takeLike(InetAddress address);

  void add(Interface member) {
    for (InetAddress address : member.addresses()) {
      if (members.putIfAbsent(address, member) != null) {
        throw new IllegalArgumentException(address.getHostAddress() + " is taken already.");
      }
    }
  }

  void remove(Interface member) {
    members.values().removeIf(other -> other == member);
  }

  /** Sends what is for those addresses to that member. */
  void route(Prefix prefix, Interface member) {
    routes.put(prefix, member);
  }

  boolean isTaken(InetAddress address) {
    return members.containsKey(address);
  }

  /** Who that address belongs to, or is behind. */
  @Nullable Interface memberFor(InetAddress address) {
    Interface member = members.get(address);
    if (member != null) {
      return member;
    }
    for (Map.Entry<Prefix, Interface> route : routes.entrySet()) {
      if (route.getKey().contains(address)) {
        return route.getValue();
      }
    }
    return null;
  }
}
