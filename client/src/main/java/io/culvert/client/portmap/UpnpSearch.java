package io.culvert.client.portmap;

import io.culvert.traversal.portmap.Gateway;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks where the router describes itself (SSDP, UPnP Device Architecture 1.1 §1.3): all hosts of
 * the network, as it wants to be asked, and the router alone, because some networks carry no
 * multicast. Only the router's answer counts.
 */
final class UpnpSearch {
  private static final Logger log = LoggerFactory.getLogger(UpnpSearch.class);

  private static final int PORT = 1900;
  private static final InetSocketAddress EVERYBODY = new InetSocketAddress("239.255.255.250", PORT);

  private static final List<String> TARGETS =
      List.of(
          "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
          "urn:schemas-upnp-org:device:InternetGatewayDevice:2");

  private static final int ATTEMPTS = 3;
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  /** UDA 1.1 §1.3.3: a hop more than one network, in case of a bridge that counts. */
  private static final int HOPS = 2;

  private UpnpSearch() {}

  /**
   * Where the description is; takes three seconds when there is none.
   *
   * @throws IOException when it cannot be asked
   * @throws InterruptedException when interrupted, a second later at most
   */
  static Optional<URI> run(Gateway gateway) throws IOException, InterruptedException {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(gateway.client(), 0))) {
      NetworkInterface device = NetworkInterface.getByInetAddress(gateway.client());
      if (device != null) {
        socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, device);
      }
      socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, HOPS);
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        ask(socket, new InetSocketAddress(gateway.address(), PORT));
        if (device != null && device.supportsMulticast()) {
          askEverybody(socket);
        }
        Optional<URI> found = listen(socket, gateway);
        if (found.isPresent()) {
          return found;
        }
      }
      return Optional.empty();
    }
  }

  /** There may be no way for multicast, and still one to the router. */
  private static void askEverybody(DatagramSocket socket) {
    try {
      ask(socket, EVERYBODY);
    } catch (IOException e) {
      log.debug("No multicast: {}", e.toString());
    }
  }

  private static void ask(DatagramSocket socket, InetSocketAddress to) throws IOException {
    for (String target : TARGETS) {
      byte[] question =
          """
          M-SEARCH * HTTP/1.1
          HOST: 239.255.255.250:1900
          MAN: "ssdp:discover"
          MX: 1
          ST: %s

          """
              .formatted(target)
              .replace("\n", "\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      socket.send(new DatagramPacket(question, question.length, to));
    }
  }

  private static Optional<URI> listen(DatagramSocket socket, Gateway gateway)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + BETWEEN.toNanos();
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return Optional.empty();
      }
      socket.setSoTimeout((int) left);
      try {
        socket.receive(packet);
      } catch (SocketTimeoutException e) {
        return Optional.empty();
      }
      if (packet.getAddress().equals(gateway.address())) {
        String answer =
            new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
        Optional<URI> location = location(answer).filter(uri -> UpnpHttp.isAt(gateway, uri));
        if (location.isPresent()) {
          return location;
        }
      }
    }
  }

  /** What an answer says about where the description is. */
  static Optional<URI> location(String answer) {
    List<String> lines = answer.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().matches("HTTP/1\\.[01] 200( .*)?")) {
      return Optional.empty();
    }
    return lines.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("location:"))
        .findFirst()
        .flatMap(line -> uri(line.substring("location:".length()).trim()));
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(URI.create(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
