package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A client without a socket, who is whoever he says he is. */
final class PaperClient extends Client {
  private static long transactions;

  private final Turn turn;
  private final ClientTransport transport;
  private final Endpoint remote;
  private final String user;
  private final List<byte[]> received = new ArrayList<>();
  private boolean reads = true;
  private boolean discards;

  PaperClient(Turn turn, ClientTransport transport, Endpoint remote, String user) {
    this.turn = turn;
    this.transport = transport;
    this.remote = remote;
    this.user = user;
  }

  /** The same client with another name. */
  PaperClient as(String otherUser) {
    PaperClient same = new PaperClient(turn, transport, remote, otherUser);
    same.allocation(allocation());
    return same;
  }

  /** Takes nothing any more. */
  void stopReading() {
    reads = false;
  }

  /** Keeps nothing of what comes from now on. */
  void discard() {
    discards = true;
  }

  /** Everything that has come since this was asked last. */
  List<byte[]> received() {
    List<byte[]> copy = List.copyOf(received);
    received.clear();
    return copy;
  }

  /** The one message that has come. */
  StunMessage message() {
    List<byte[]> all = received();
    assertThat(all).hasSize(1);
    try {
      return StunCodec.decode(Unpooled.wrappedBuffer(all.getFirst()));
    } catch (MalformedMessageException e) {
      throw new AssertionError("the server sends what is no STUN", e);
    }
  }

  /** Sends bytes as they are. */
  void send(byte[] bytes) {
    ByteBuf buffer = Unpooled.buffer(64 + bytes.length).writeZero(64).writeBytes(bytes);
    turn.received(this, buffer, 64, bytes.length);
  }

  /** Sends a message. */
  void send(StunMessage message) {
    ByteBuf bytes = Unpooled.buffer();
    StunCodec.encode(message, bytes);
    send(ByteBufUtil.getBytes(bytes));
  }

  static TransactionId newTransaction() {
    transactions++;
    return new TransactionId(0, transactions);
  }

  /** Asks for something and returns the answer. */
  StunMessage ask(int method, StunAttribute... attributes) {
    return ask(newTransaction(), method, attributes);
  }

  StunMessage ask(TransactionId transaction, int method, StunAttribute... attributes) {
    List<StunAttribute> all = new ArrayList<>(List.of(attributes));
    all.add(new Username(user));
    StunMessage request = new StunMessage(StunClass.REQUEST, method, transaction, all);
    send(request);
    StunMessage answer = message();
    assertThat(answer.answers(request)).isTrue();
    return answer;
  }

  /** Asks for something that is done. */
  StunMessage done(int method, StunAttribute... attributes) {
    StunMessage answer = ask(method, attributes);
    assertThat(answer.messageClass()).as("%s", answer).isEqualTo(StunClass.SUCCESS);
    return answer;
  }

  /** Asks for something that is not done, and returns why. */
  int refused(int method, StunAttribute... attributes) {
    return code(ask(method, attributes));
  }

  static int code(StunMessage answer) {
    assertThat(answer.messageClass()).as("%s", answer).isEqualTo(StunClass.ERROR);
    return answer.first(ErrorCode.class).orElseThrow().code();
  }

  void indicate(int method, StunAttribute... attributes) {
    send(new StunMessage(StunClass.INDICATION, method, newTransaction(), List.of(attributes)));
  }

  @Override
  protected void postpone(ByteBuf message, CompletableFuture<?> settled) {
    byte[] copy = ByteBufUtil.getBytes(message);
    settled.thenRun(() -> send(copy));
  }

  @Override
  public ClientTransport transport() {
    return transport;
  }

  @Override
  public Endpoint remote() {
    return remote;
  }

  @Override
  public Endpoint local() {
    return TurnOnPaper.LISTENER;
  }

  @Override
  public boolean send(ByteBuf bytes, int index, int length) {
    if (reads && !discards) {
      received.add(ByteBufUtil.getBytes(bytes, index, length));
    }
    return reads;
  }
}
