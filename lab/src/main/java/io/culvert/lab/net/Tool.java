package io.culvert.lab.net;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A program of the system that the laboratory is built with. */
enum Tool {
  IP,
  NFT,
  NSENTER,
  UNSHARE,
  /** Only for who wants an {@link HttpProxy}. */
  TINYPROXY,
  /** Only for who wants a {@link Miniupnpd}. */
  MINIUPNPD,
  /** Only for who wants a {@link Nat64}. */
  TAYGA;

  /** Those without which there is no laboratory. */
  static Stream<Tool> required() {
    return Stream.of(IP, NFT, NSENTER, UNSHARE);
  }

  /** Where ordinary users' PATH often does not lead, though the programs may be run by anyone. */
  private static Stream<String> systemFolders() {
    return Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");
  }

  Optional<String> find() {
    String program = name().toLowerCase(Locale.ROOT);
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), systemFolders())
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  String path() {
    return find().orElseThrow(() -> new LabException(missing()));
  }

  String missing() {
    String program = name().toLowerCase(Locale.ROOT);
    return switch (this) {
      case IP, NFT ->
          "The NAT laboratory needs the program '%s': install nftables and iproute2: apt-get install nftables iproute2."
              .formatted(program);
      case NSENTER, UNSHARE ->
          "The NAT laboratory needs the program '%s': install util-linux: apt-get install util-linux."
              .formatted(program);
      case TINYPROXY ->
          "An HTTP proxy in the laboratory is the program '%s': install it: apt-get install tinyproxy-bin."
              .formatted(program);
      case MINIUPNPD ->
          "A router of the laboratory that opens ports needs the program '%s': install it: apt-get install miniupnpd-nftables."
              .formatted(program);
      case TAYGA ->
          "A router of the laboratory that translates IPv6 to IPv4 needs the program '%s': install it: apt-get install tayga."
              .formatted(program);
    };
  }
}
