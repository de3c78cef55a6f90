package io.culvert.lab.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A socket in a test: sends texts, and keeps what has come. */
public final class Mailbox {
  /** More than any packet of these tests is under way. */
  static final Duration SOON = Duration.ofMillis(500);

  /** A text and where it came from. */
  record Letter(String text, InetSocketAddress from) {}

  private final World world;
  private final SimSocket socket;
  private final List<Letter> letters = new ArrayList<>();
  private final List<Icmp> errors = new ArrayList<>();
  private int requests;

  Mailbox(World world, SimSocket socket) {
    this.world = world;
    this.socket = socket;
    socket.onReceive((payload, from) -> letters.add(new Letter(new String(payload, UTF_8), from)));
    socket.onError((reason, _) -> errors.add(reason));
  }

  static Mailbox at(World world, Host host) {
    return new Mailbox(world, host.bind());
  }

  static Mailbox at(World world, Host host, int port) {
    return new Mailbox(world, host.bind(port));
  }

  SimSocket socket() {
    return socket;
  }

  /** Where hosts reach it that no NAT keeps from it. */
  InetSocketAddress address() {
    return StunServer.address(socket, true);
  }

  void send(String text, InetSocketAddress to) {
    socket.send(text.getBytes(UTF_8), to);
  }

  void send(String text, InetSocketAddress to, int ttl) {
    socket.send(text.getBytes(UTF_8), to, ttl);
  }

  /** What has come so far, after waiting for what is under way. */
  List<String> texts() {
    world.runFor(SOON);
    return letters.stream().map(Letter::text).toList();
  }

  List<Letter> letters() {
    world.runFor(SOON);
    return List.copyOf(letters);
  }

  List<Icmp> errors() {
    world.runFor(SOON);
    return List.copyOf(errors);
  }

  void clear() {
    letters.clear();
  }

  /** From where another one sees this one. */
  InetSocketAddress mappingTowards(Mailbox other) {
    return mappingTowards(other, other.address());
  }

  InetSocketAddress mappingTowards(Mailbox other, InetSocketAddress to) {
    String question = "who am I, " + socket.host().name() + "? " + requests++;
    send(question, to);
    return other.letters().stream()
        .filter(letter -> letter.text().equals(question))
        .findFirst()
        .orElseThrow()
        .from();
  }

  static byte[] bindingRequest(int number) {
    return StunServer.bytes(StunMessage.bindingRequest(new TransactionId(number, number)));
  }

  static InetSocketAddress mapped(byte[] answer) {
    return StunServer.message(answer)
        .orElseThrow()
        .first(XorMappedAddress.class)
        .orElseThrow()
        .address();
  }
}
