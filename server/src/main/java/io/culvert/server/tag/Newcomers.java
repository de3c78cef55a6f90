package io.culvert.server.tag;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/** Registrations that have not been proved yet, the one heard last at the end. */
final class Newcomers {
  private final SequencedSet<Registration> all = new LinkedHashSet<>();
  private final Map<InetAddress, SequencedSet<Registration>> byIp = new HashMap<>();

  /** Adds it at the end, or moves it there. */
  void add(Registration registration) {
    all.addLast(registration);
    byIp.computeIfAbsent(registration.route().ip(), ip -> new LinkedHashSet<>())
        .addLast(registration);
  }

  void remove(Registration registration) {
    all.remove(registration);
    byIp.computeIfPresent(
        registration.route().ip(),
        (ip, there) -> there.remove(registration) && there.isEmpty() ? null : there);
  }

  SequencedSet<Registration> all() {
    return all;
  }

  SequencedSet<Registration> at(InetAddress ip) {
    return byIp.getOrDefault(ip, new LinkedHashSet<>());
  }
}
