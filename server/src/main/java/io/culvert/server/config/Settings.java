package io.culvert.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;

/** Every key of the configuration, in the order in which they are shown. */
final class Settings {
  static final Setting<Path> DATA =
      Setting.of(
          "data",
          "\"/var/lib/culvert\"",
          Types.PATH,
          "Where the server keeps what must survive a restart (--data).",
          "Nothing that runs today keeps anything.");

  static final Setting<InetAddress> PUBLIC_IP =
      Setting.of(
          "public-ip",
          "",
          Types.IP,
          "The address handed to clients that must reach this server (--public-ip).",
          "Detected when absent. Nothing that runs today hands one out.");

  static final Setting<List<InetAddress>> LISTEN =
      Setting.of(
          "listen",
          "[\"0.0.0.0\", \"::\"]",
          Types.IPS,
          "The addresses on which the public services listen (--listen).");

  static final Setting<Boolean> TCPPUNCH_ENABLED =
      Setting.of(
          "tcppunch.enabled",
          "true",
          Types.BOOLEAN,
          "The rendezvous server that introduces peers for a TCP hole punch.");

  static final Setting<Integer> TCPPUNCH_PORT =
      Setting.of(
          "tcppunch.port",
          "40040",
          Types.PORT,
          "TCP port where clients are online; 0 takes any free one.");

  static final Setting<Integer> TCPPUNCH_AUX_PORT =
      Setting.of(
          "tcppunch.aux-port",
          "40041",
          Types.PORT,
          "TCP port (tcp-a) where clients show the address that they punch from.");

  static final Setting<Integer> TCPPUNCH_MAX_CONNECTIONS_PER_IP =
      Setting.of(
          "tcppunch.max-connections-per-ip",
          "16384",
          Types.integer(1, Integer.MAX_VALUE),
          "How many connections one address (for IPv6: one /64) may have on both ports together. A",
          "provider's NAT puts thousands of people behind one address; lower it where you know your",
          "clients.");

  static final Setting<InetAddress> HTTP_LISTEN =
      Setting.of(
          "http.listen",
          "\"127.0.0.1\"",
          Types.IP,
          "Where the operator's HTTP port listens: GET /health.");

  static final Setting<Integer> HTTP_PORT =
      Setting.of("http.port", "3380", Types.PORT, "TCP port; 0 takes any free one.");

  static final List<Setting<?>> ALL =
      List.of(
          DATA,
          PUBLIC_IP,
          LISTEN,
          TCPPUNCH_ENABLED,
          TCPPUNCH_PORT,
          TCPPUNCH_AUX_PORT,
          TCPPUNCH_MAX_CONNECTIONS_PER_IP,
          HTTP_LISTEN,
          HTTP_PORT);

  private Settings() {}
}
