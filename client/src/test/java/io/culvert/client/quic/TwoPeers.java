package io.culvert.client.quic;

import io.culvert.client.tls.Fingerprint;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Alice, who calls, and Bob, each with a socket and an identity of their own. */
final class TwoPeers implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(20);

  static final Identity ALICE = Identity.fresh();
  static final Identity BOB = Identity.fresh();

  final TestSocket aliceSocket;
  final TestSocket bobSocket;
  final QuicTransport aliceTransport;
  final QuicTransport bobTransport;

  /** Each has been told what the other is to have. */
  TwoPeers(
      Transport kind,
      Fingerprint aliceToldToBob,
      Fingerprint bobToldToAlice,
      Duration idle,
      Duration keepAlive)
      throws IOException {
    aliceSocket = new TestSocket(kind);
    bobSocket = new TestSocket(kind);
    aliceTransport =
        aliceSocket.call(
            () -> QuicTransport.caller(aliceSocket.loop(), setup(ALICE, idle, keepAlive)));
    bobTransport =
        bobSocket.call(() -> QuicTransport.callee(bobSocket.loop(), setup(BOB, idle, keepAlive)));
    aliceSocket.run(() -> begin(aliceTransport, "bob"));
    bobSocket.run(() -> begin(bobTransport, "alice"));
    aliceSocket.run(() -> aliceTransport.believe(bobToldToAlice));
    bobSocket.run(() -> bobTransport.believe(aliceToldToBob));
    aliceSocket.receiver(aliceTransport);
    bobSocket.receiver(bobTransport);
  }

  private static QuicSetup setup(Identity me, Duration idle, Duration keepAlive) {
    return new QuicSetup(me, QuicCongestionControlAlgorithm.BBR, idle, keepAlive);
  }

  private static void begin(QuicTransport transport, String peer) {
    transport.open();
    transport.begin(peer);
  }

  /** They know each other, and have no way to each other yet. */
  static TwoPeers apart() throws IOException {
    return apart(Transport.best());
  }

  static TwoPeers apart(Transport kind) throws IOException {
    return new TwoPeers(
        kind, ALICE.fingerprint(), BOB.fingerprint(), QuicSetup.IDLE, QuicSetup.KEEP_ALIVE);
  }

  /** They talk to each other directly. */
  static TwoPeers connected() throws IOException, InterruptedException {
    return connected(Transport.best());
  }

  static TwoPeers connected(Transport kind) throws IOException, InterruptedException {
    return apart(kind).connect();
  }

  TwoPeers connect() throws IOException, InterruptedException {
    meet();
    alice().awaitConnected(SOON);
    bob().awaitConnected(SOON);
    return this;
  }

  /** Each sends to where the other is. */
  void meet() {
    bobSocket.run(() -> bobTransport.lead(bobSocket.wayTo(aliceSocket.address())));
    aliceSocket.run(() -> aliceTransport.lead(aliceSocket.wayTo(bobSocket.address())));
  }

  /** What Alice sends with her call. */
  List<byte[]> firstFlight() throws IOException {
    return aliceSocket.call(aliceTransport::takeHeld);
  }

  /** Bob gets this with the call. */
  void bobHas(List<byte[]> flight) {
    bobSocket.run(
        () -> flight.forEach(datagram -> bobTransport.received(Unpooled.wrappedBuffer(datagram))));
  }

  /** What Bob answers to that. */
  List<byte[]> answer(List<byte[]> flight) throws IOException {
    return bobSocket.call(() -> {
      bobTransport.received(flight);
      return bobTransport.takeHeld();
    });
  }

  /** Alice gets that with the answer. */
  void aliceHas(List<byte[]> flight) {
    aliceSocket.run(() -> aliceTransport.received(flight));
  }

  QuicConnection alice() {
    return aliceTransport.connection();
  }

  QuicConnection bob() {
    return bobTransport.connection();
  }

  @Override
  public void close() {
    alice().close();
    bob().close();
    alice().ended().join();
    bob().ended().join();
    aliceSocket.close();
    bobSocket.close();
  }
}
