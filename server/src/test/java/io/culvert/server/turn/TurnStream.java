package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/** A client's connection over TCP, with the password that all users of a test have. */
final class TurnStream implements AutoCloseable {
  static final String REALM = "culvert";
  static final String PASSWORD = "secret";

  private static final int HEADER_BYTES = 20;
  private static final SplittableRandom RANDOM = new SplittableRandom();

  private final Socket socket;
  private final String user;
  private final Queue<StunMessage> indications = new ArrayDeque<>();
  private String nonce = "none";

  TurnStream(InetSocketAddress server, String user) throws IOException {
    this.socket = new Socket(server.getAddress(), server.getPort());
    this.user = user;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
  }

  /** For what is no STUN; and what is left when the connection has been bound to a peer's. */
  Socket socket() {
    return socket;
  }

  /** Goes on with what that one has been told, as if they were one client. */
  TurnStream knowing(TurnStream other) {
    nonce = other.nonce;
    return this;
  }

  /** Asks until the nonce is right. */
  StunMessage ask(int method, StunAttribute... attributes) throws IOException {
    StunMessage answer = askOnce(method, attributes);
    if (answer.first(Nonce.class).isPresent()) {
      nonce = answer.first(Nonce.class).get().value();
      answer = askOnce(method, attributes);
    }
    return answer;
  }

  StunMessage done(int method, StunAttribute... attributes) throws IOException {
    StunMessage answer = ask(method, attributes);
    assertThat(answer.messageClass()).as("%s", answer).isEqualTo(StunClass.SUCCESS);
    return answer;
  }

  int refused(int method, StunAttribute... attributes) throws IOException {
    StunMessage answer = ask(method, attributes);
    assertThat(answer.messageClass()).as("%s", answer).isEqualTo(StunClass.ERROR);
    return answer.first(ErrorCode.class).orElseThrow().code();
  }

  void indicate(int method, StunAttribute... attributes) throws IOException {
    ByteBuf bytes = Unpooled.buffer();
    StunCodec.encode(
        new StunMessage(
            StunClass.INDICATION, method, TransactionId.random(RANDOM), List.of(attributes)),
        bytes);
    socket.getOutputStream().write(ByteBufUtil.getBytes(bytes));
  }

  StunMessage askOnce(int method, StunAttribute... attributes) throws IOException {
    List<StunAttribute> all = new ArrayList<>(List.of(attributes));
    all.addAll(List.of(new Username(user), new Realm(REALM), new Nonce(nonce)));
    StunMessage request =
        new StunMessage(StunClass.REQUEST, method, TransactionId.random(RANDOM), all);
    ByteBuf bytes = Unpooled.buffer();
    new StunWriter()
        .begin(bytes, request)
        .messageIntegrity(StunKey.longTerm(PasswordAlgorithm.MD5, user, REALM, PASSWORD));
    socket.getOutputStream().write(ByteBufUtil.getBytes(bytes));
    StunMessage answer = read();
    while (answer.messageClass() == StunClass.INDICATION) {
      indications.add(answer);
      answer = read();
    }
    assertThat(answer.answers(request)).isTrue();
    return answer;
  }

  /** The next indication. */
  StunMessage indication() throws IOException {
    StunMessage known = indications.poll();
    return known == null ? read() : known;
  }

  private StunMessage read() throws IOException {
    byte[] header = socket.getInputStream().readNBytes(HEADER_BYTES);
    assertThat(header).as("a header").hasSize(HEADER_BYTES);
    int length = Short.toUnsignedInt(ByteBuffer.wrap(header).getShort(2));
    byte[] message = Arrays.copyOf(header, HEADER_BYTES + length);
    socket.getInputStream().readNBytes(message, HEADER_BYTES, length);
    try {
      return StunCodec.decode(Unpooled.wrappedBuffer(message));
    } catch (MalformedMessageException e) {
      throw new AssertionError("the server sends what is no STUN", e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
