package io.culvert.lab.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A UDP socket on a machine of the lab. */
final class Udp implements AutoCloseable {
  private static final int ARRIVES_WITHIN_MILLIS = 3000;
  private static final int SILENT_FOR_MILLIS = 150;

  private final InetAddress address;
  private final DatagramSocket socket;

  private Udp(InetAddress address, DatagramSocket socket) {
    this.address = address;
    this.socket = socket;
  }

  static Udp on(Machine machine) throws Exception {
    return on(machine, 0);
  }

  static Udp on(Machine machine, int port) throws Exception {
    return new Udp(machine.address(), socket(machine, new InetSocketAddress(port)));
  }

  /** One that is known by its machine's IPv6 address. */
  static Udp on6(Machine machine) throws Exception {
    return new Udp(machine.address6().orElseThrow(), socket(machine, new InetSocketAddress(0)));
  }

  /** One that is bound to the address of one interface. */
  static Udp at(Machine machine, InetAddress address) throws Exception {
    return new Udp(address, socket(machine, new InetSocketAddress(address, 0)));
  }

  private static DatagramSocket socket(Machine machine, InetSocketAddress local) throws Exception {
    DatagramSocket socket = machine.run(() -> new DatagramSocket(local));
    socket.setReceiveBufferSize(1 << 20); // or what the system grants, room for some 500 packets
    return socket;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(address, socket.getLocalPort());
  }

  int port() {
    return socket.getLocalPort();
  }

  void send(String text, InetSocketAddress to) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    socket.send(new DatagramPacket(bytes, bytes.length, to));
  }

  void send(String text, Udp to) throws IOException {
    send(text, to.address());
  }

  /** Sends to the other socket and returns from where it arrived: the mapping for that one. */
  InetSocketAddress mappingTowards(Udp other) throws IOException {
    send("which mapping?", other);
    return other.receive(ARRIVES_WITHIN_MILLIS).from();
  }

  Packet receive() throws IOException {
    return receive(ARRIVES_WITHIN_MILLIS);
  }

  /** What arrives until the last text and shortly after it. */
  List<String> receiveUntil(String last) throws IOException {
    List<String> texts = new ArrayList<>();
    do {
      texts.add(receive().text());
    } while (!texts.contains(last));
    texts.addAll(receiveUntilSilence());
    return texts;
  }

  List<String> receiveUntilSilence() throws IOException {
    return receiveUntilSilence(SILENT_FOR_MILLIS);
  }

  private List<String> receiveUntilSilence(int millis) throws IOException {
    List<String> texts = new ArrayList<>();
    while (true) {
      try {
        texts.add(receive(millis).text());
      } catch (SocketTimeoutException e) {
        return texts;
      }
    }
  }

  /** Sends so many packets to that address and returns how many arrive at the other socket. */
  int arrivals(int packets, InetSocketAddress to, Udp other) throws IOException {
    int arrived = 0;
    for (int sent = 1; sent <= packets; sent++) {
      send("", to);
      if (sent % 50 == 0) {
        arrived += other.receiveUntilSilence(5).size();
      }
    }
    return arrived + other.receiveUntilSilence().size();
  }

  private Packet receive(int millis) throws IOException {
    socket.setSoTimeout(millis);
    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
    socket.receive(packet);
    return new Packet(
        new String(packet.getData(), 0, packet.getLength(), UTF_8),
        (InetSocketAddress) packet.getSocketAddress());
  }

  @Override
  public void close() {
    socket.close();
  }

  record Packet(String text, InetSocketAddress from) {}
}
