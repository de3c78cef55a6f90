package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunReader;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** An allocation on a server of ours, made by hand; one thread uses it. */
final class TurnAllocation implements AutoCloseable {
  private static final long UDP = 17L << 24;
  private static final int RETRANSMISSION_MILLIS = 500;
  private static final int TRANSMISSIONS = 20;

  private final DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
  private final String user;
  private final String realm;
  private final byte[] nonce;
  private final StunKey key;

  private TurnAllocation(InetSocketAddress server, String user, String password)
      throws IOException, MalformedMessageException {
    socket.connect(server);
    socket.setSoTimeout(RETRANSMISSION_MILLIS);
    StunReader challenge = ask(StunMessage.ALLOCATE, TurnAllocation::overUdp);
    this.user = user;
    realm = new String(value(challenge, AttributeType.REALM), UTF_8);
    nonce = value(challenge, AttributeType.NONCE);
    key = StunKey.longTerm(PasswordAlgorithm.MD5, user, realm, password);
  }

  /** Makes one. */
  static TurnAllocation make(InetSocketAddress server, String user, String password)
      throws IOException, MalformedMessageException {
    TurnAllocation allocation = new TurnAllocation(server, user, password);
    assertThat(allocation.authenticated(StunMessage.ALLOCATE, TurnAllocation::overUdp))
        .isEqualTo(StunClass.SUCCESS);
    return allocation;
  }

  /** Ends it. */
  void release() throws IOException, MalformedMessageException {
    assertThat(
            authenticated(
                StunMessage.REFRESH, writer -> writer.unsignedInt(AttributeType.LIFETIME, 0)))
        .isEqualTo(StunClass.SUCCESS);
  }

  private static void overUdp(StunWriter writer) {
    writer.unsignedInt(AttributeType.REQUESTED_TRANSPORT, UDP);
  }

  private StunClass authenticated(int method, Consumer<StunWriter> attributes)
      throws IOException, MalformedMessageException {
    return ask(
            method,
            writer -> {
              attributes.accept(writer);
              writer
                  .text(AttributeType.USERNAME, user)
                  .text(AttributeType.REALM, realm)
                  .bytes(AttributeType.NONCE, nonce)
                  .messageIntegrity(key);
            })
        .messageClass();
  }

  private StunReader ask(int method, Consumer<StunWriter> attributes)
      throws IOException, MalformedMessageException {
    ByteBuf request = Unpooled.buffer();
    StunWriter writer = new StunWriter();
    writer.begin(
        request, StunClass.REQUEST, method, TransactionId.random(ThreadLocalRandom.current()));
    attributes.accept(writer);
    byte[] bytes = new byte[1500];
    DatagramPacket answer = new DatagramPacket(bytes, bytes.length);
    transmit(ByteBufUtil.getBytes(request), answer);
    StunReader reader = new StunReader();
    reader.open(Unpooled.wrappedBuffer(bytes, 0, answer.getLength()));
    return reader;
  }

  private void transmit(byte[] request, DatagramPacket answer) throws IOException {
    for (int i = 0; i < TRANSMISSIONS; i++) {
      socket.send(new DatagramPacket(request, request.length));
      try {
        socket.receive(answer);
        return;
      } catch (SocketTimeoutException e) {
        // Once more, as UDP wants it.
      }
    }
    throw new AssertionError("no answer");
  }

  private static byte[] value(StunReader message, int type) throws MalformedMessageException {
    while (message.next()) {
      if (message.type() == type) {
        return message.value();
      }
    }
    throw new AssertionError("an attribute is missing: " + type);
  }

  @Override
  public void close() {
    socket.close();
  }
}
