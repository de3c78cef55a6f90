package io.culvert.client.turn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** An allocation on a socket and in real time; the test's thread is its event loop. */
final class TurnClient implements TurnAllocation.Observer, AutoCloseable {
  /** What a peer has sent. */
  record Received(String text, InetSocketAddress from) {}

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final List<Received> received = new ArrayList<>();
  final List<InetAddress> permitted = new ArrayList<>();
  final List<InetAddress> refused = new ArrayList<>();
  Optional<InetSocketAddress> relayed = Optional.empty();
  Optional<String> failure = Optional.empty();
  boolean ended;
  private final DatagramSocket socket;
  private final TurnAllocation allocation;

  TurnClient(InetSocketAddress server, TurnLogin login) throws IOException {
    this(server, login, Families.IPV4);
  }

  TurnClient(InetSocketAddress server, TurnLogin login, Families families) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(server.getAddress(), 0));
    allocation =
        new TurnAllocation(server, login, Carrier.DATAGRAMS, families, new SecureRandom(), this);
    allocation.begin(Instant.now());
  }

  TurnAllocation allocation() {
    return allocation;
  }

  InetSocketAddress relayedAddress() {
    return relayed.orElseThrow(() -> new AssertionError("no allocation: " + failure));
  }

  /** Works until it is so. */
  TurnClient until(Predicate<TurnClient> isSo) throws IOException {
    Instant end = Instant.now().plus(PATIENCE);
    byte[] buffer = new byte[2048];
    while (!isSo.test(this)) {
      Instant now = Instant.now();
      if (now.isAfter(end)) {
        throw new AssertionError("not in " + PATIENCE.toSeconds() + " s; failure: " + failure);
      }
      Instant deadline = allocation.nextDeadline().orElse(end);
      long millis = Math.clamp(Duration.between(now, deadline).toMillis(), 1, 1000);
      socket.setSoTimeout((int) millis);
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        ByteBuf message = Unpooled.copiedBuffer(buffer, 0, packet.getLength());
        if (!allocation.carries(message)) {
          allocation.heard(message, Instant.now());
        }
      } catch (SocketTimeoutException e) {
        allocation.deadlineReached(Instant.now());
      }
    }
    return this;
  }

  void say(String text, InetSocketAddress peer) throws IOException {
    send(wrap(text, peer), allocation.server());
  }

  byte[] wrap(String text, InetSocketAddress peer) {
    ByteBuf data = Unpooled.copiedBuffer(text, UTF_8);
    ByteBuf out = Unpooled.buffer();
    allocation.wrap(data, 0, data.readableBytes(), peer, out);
    return ByteBufUtil.getBytes(out);
  }

  @Override
  public void send(byte[] datagram, InetSocketAddress server) {
    try {
      socket.send(new DatagramPacket(datagram, datagram.length, server));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void allocated(List<InetSocketAddress> at) {
    relayed = at.stream().findFirst();
  }

  @Override
  public void confirmed() {
    // Whoever uses it hears nothing else.
  }

  @Override
  public void silent() {
    // It is on this machine, which may be busy.
  }

  @Override
  public void permitted(InetAddress peer) {
    permitted.add(peer);
  }

  @Override
  public void refused(InetAddress peer) {
    refused.add(peer);
  }

  @Override
  public void received(ByteBuf data, InetSocketAddress peer) {
    received.add(new Received(data.toString(UTF_8), peer));
  }

  @Override
  public void redirected(InetSocketAddress other) {
    throw new AssertionError("not on datagrams");
  }

  @Override
  public void ended(Optional<String> why) {
    ended = true;
    failure = why;
  }

  @Override
  public void close() {
    socket.close();
  }
}
