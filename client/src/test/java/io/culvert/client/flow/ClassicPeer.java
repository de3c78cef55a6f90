package io.culvert.client.flow;

import io.culvert.wire.flow.CallData.Addresses;
import io.culvert.wire.stun.StunAttribute.Fingerprint;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The UDP socket of a peer that knows nothing but the protocol's first version. */
final class ClassicPeer implements AutoCloseable {
  private final DatagramSocket socket;
  private final String toUs;
  private final BlockingQueue<String> data = new LinkedBlockingQueue<>();
  private final BlockingQueue<InetSocketAddress> checkers = new LinkedBlockingQueue<>();
  private final BlockingQueue<StunClass> answers = new LinkedBlockingQueue<>();

  /**
   * A socket on the loopback address.
   *
   * @param toUs the USERNAME of the checks that it answers
   */
  ClassicPeer(String toUs) throws IOException {
    this.toUs = toUs;
    socket = new DatagramSocket(new InetSocketAddress(FakeServer.LOOPBACK, 0));
    Thread.ofPlatform().daemon().start(this::receive);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  Addresses addresses() {
    return new Addresses(Optional.of(address()), Optional.of(address()), Optional.empty());
  }

  void send(byte[] bytes, InetSocketAddress to) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, to));
  }

  /** Asks whether the other end is there. */
  void check(String username, InetSocketAddress to) throws IOException {
    send(
        bytes(
            StunMessage.bindingRequest(
                TransactionId.random(new SecureRandom()),
                new Username(username),
                new Fingerprint())),
        to);
  }

  /** What has come as data. */
  @Nullable String nextData() throws InterruptedException {
    return data.poll(20, TimeUnit.SECONDS);
  }

  /** Where a check has come from that was for us. */
  InetSocketAddress nextChecker() throws InterruptedException {
    InetSocketAddress from = checkers.poll(20, TimeUnit.SECONDS);
    if (from == null) {
      throw new AssertionError("nobody checks");
    }
    return from;
  }

  boolean wasChecked() {
    return !checkers.isEmpty();
  }

  /** Whether what we have asked was answered well. */
  @Nullable StunClass nextAnswer() throws InterruptedException {
    return answers.poll(20, TimeUnit.SECONDS);
  }

  /** The same, waiting no longer than that. */
  @Nullable StunClass nextAnswer(Duration atMost) throws InterruptedException {
    return answers.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean wasAnswered() {
    return !answers.isEmpty();
  }

  @Override
  public void close() {
    socket.close();
  }

  private void receive() {
    byte[] buffer = new byte[2048];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        take(
            Unpooled.copiedBuffer(buffer, 0, packet.getLength()),
            (InetSocketAddress) packet.getSocketAddress());
      }
    } catch (SocketException e) {
      return; // closed
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void take(ByteBuf bytes, InetSocketAddress from) throws Exception {
    if (!StunCodec.looksLikeStun(bytes)) {
      data.add(bytes.toString(java.nio.charset.StandardCharsets.UTF_8));
      return;
    }
    StunMessage message = StunCodec.decode(bytes);
    if (message.messageClass() != StunClass.REQUEST) {
      answers.add(message.messageClass());
    } else if (message.first(Username.class).filter(new Username(toUs)::equals).isPresent()) {
      checkers.add(from);
      send(
          bytes(message.answer(StunClass.SUCCESS, new XorMappedAddress(from), new Fingerprint())),
          from);
    }
  }

  private static byte[] bytes(StunMessage message) {
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(message, out);
    return ByteBufUtil.getBytes(out);
  }
}
