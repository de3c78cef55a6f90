package io.culvert.lab.bench;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the process on this machine that has a UDP port open (proc(5)). */
final class UdpOwner {
  /** A line of /proc/net/udp: number, address:port in hexadecimal, …, and the inode as tenth. */
  private static final Pattern SOCKET =
      Pattern.compile("\\s*\\d+: [0-9A-F]+:([0-9A-F]{4})(?:\\s+\\S+){7}\\s+(\\d+)\\s.*");

  private UdpOwner() {}

  /** Its number; 0 when there is none, or none that this user may look into. */
  static long of(int port) throws IOException {
    Set<String> links = new HashSet<>();
    for (String table : List.of("/proc/net/udp", "/proc/net/udp6")) {
      if (Files.exists(Path.of(table))) {
        inodes(Files.readAllLines(Path.of(table)), port)
            .forEach(inode -> links.add("socket:[" + inode + "]"));
      }
    }
    if (links.isEmpty()) {
      return 0;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (hasOpen(process, links)) {
          return Long.parseLong(process.getFileName().toString());
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return 0;
  }

  /** The sockets with that local port. */
  static Set<String> inodes(List<String> table, int port) {
    Set<String> inodes = new HashSet<>();
    for (String line : table) {
      Matcher socket = SOCKET.matcher(line);
      if (socket.matches() && Integer.parseInt(socket.group(1), 16) == port) {
        inodes.add(socket.group(2));
      }
    }
    return inodes;
  }

  private static boolean hasOpen(Path process, Set<String> links) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (links.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // it has ended meanwhile, or is another user's
    }
    return false;
  }
}
