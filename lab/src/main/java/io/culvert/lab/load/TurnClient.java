package io.culvert.lab.load;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client of TURN that can do what a load needs: allocate, bind one channel, give the allocation
 * back, one after the other. It keeps the nonce it was told, and takes a new one when the server
 * wants that. Belongs to its loop.
 */
final class TurnClient implements DatagramPort.Receiver, AutoCloseable {
  /** The channel it binds: the first one, which all versions of TURN have. */
  private static final int CHANNEL = ChannelData.FIRST;

  private static final int MAX_CHALLENGES = 3;
  private static final long REPEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int MAX_REPEATS = 6;

  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  /** Gets the payload of what comes by the channel. */
  interface Sink {
    void arrives(ByteBuf buffer, int index, int length);
  }

  private final Account account;
  private final Sink sink;
  private final SpinLoop loop;
  private final InetAddress from;
  private DatagramPort port;
  private final StunWriter writer = new StunWriter();

  // What the server said.
  private @Nullable String realm;
  private @Nullable String nonce;
  private @Nullable Endpoint relayed;

  // The request that waits for its answer.
  private int method;
  private Consumer<StunWriter> attributes = _ -> {};
  private @Nullable Runnable done;
  private TransactionId transaction = new TransactionId(0, 0);
  private ByteBuf request = Unpooled.EMPTY_BUFFER;
  private long sentAt;
  private int challenges;
  private int repeats;
  private @Nullable String failure;

  TurnClient(Account account, SpinLoop loop, InetAddress from, Sink sink) throws IOException {
    this.account = account;
    this.loop = loop;
    this.from = from;
    this.sink = sink;
    port = loop.open(from, this);
  }

  /** Asks for an allocation. */
  void allocate(Runnable then) {
    ask(
        StunMessage.ALLOCATE,
        out -> out.unsignedByte(AttributeType.REQUESTED_TRANSPORT, RequestedTransport.UDP),
        then);
  }

  /** Binds the channel to a peer. */
  void bind(Endpoint peer, Runnable then) {
    ask(
        StunMessage.CHANNEL_BIND,
        out ->
            out.unsignedShort(AttributeType.CHANNEL_NUMBER, CHANNEL)
                .xorAddress(
                    AttributeType.XOR_PEER_ADDRESS,
                    peer.high(),
                    peer.low(),
                    peer.port(),
                    peer.isIpv4()),
        then);
  }

  /** Gives the allocation back: a lifetime of 0. */
  void release(Runnable then) {
    ask(StunMessage.REFRESH, out -> out.unsignedInt(AttributeType.LIFETIME, 0), then);
  }

  /** Where the allocation is, once there is one. */
  Endpoint relayed() {
    if (relayed == null) {
      throw new IllegalStateException("there is no allocation");
    }
    return relayed;
  }

  /** Sends what has been made by {@link #channelData}. */
  void send(ByteBuf channelData) {
    port.send(channelData, 0, channelData.readableBytes(), account.endpoint());
  }

  /** A message for the channel; so many bytes of payload follow the header. */
  static ByteBuf channelData(int size) {
    ByteBuf message = Unpooled.directBuffer(ChannelData.HEADER_BYTES + size);
    message.writeZero(ChannelData.HEADER_BYTES + size);
    ChannelData.setHeader(message, 0, CHANNEL, size);
    return message;
  }

  /** Says again what has not been answered for a while. */
  void tick(long now) throws LoadException {
    if (failure != null) {
      throw new LoadException(failure);
    }
    if (done == null || now - sentAt < REPEAT_NANOS) {
      return;
    }
    if (++repeats > MAX_REPEATS) {
      throw new LoadException("the server does not answer " + nameOfRequest());
    }
    sentAt = now;
    port.send(request, 0, request.readableBytes(), account.endpoint());
  }

  private void ask(int itsMethod, Consumer<StunWriter> itsAttributes, Runnable then) {
    method = itsMethod;
    attributes = itsAttributes;
    done = then;
    challenges = 0;
    transmit();
  }

  private void transmit() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    transaction = TransactionId.random(random);
    if (request.capacity() == 0) {
      request = Unpooled.buffer();
    }
    request.clear();
    writer.begin(request, StunClass.REQUEST, method, transaction);
    attributes.accept(writer);
    if (realm != null && nonce != null) {
      writer
          .text(AttributeType.USERNAME, account.user())
          .text(AttributeType.REALM, realm)
          .text(AttributeType.NONCE, nonce)
          .messageIntegrity(account.key(realm));
    }
    repeats = 0;
    sentAt = System.nanoTime();
    port.send(request, 0, request.readableBytes(), account.endpoint());
  }

  @Override
  public void received(ByteBuf buffer, int index, int length, long high, long low, int from) {
    if (ChannelData.isWhole(buffer, index, length)) {
      sink.arrives(buffer, index + ChannelData.HEADER_BYTES, ChannelData.dataLength(buffer, index));
      return;
    }
    try {
      StunMessage answer = StunCodec.decode(buffer.slice(index, length));
      if (done != null && answer.transactionId().equals(transaction)) {
        answered(answer, done);
      }
    } catch (MalformedMessageException e) {
      failure = "the server sends what is not STUN: " + e.getMessage();
    }
  }

  private void answered(StunMessage answer, Runnable then) {
    switch (answer.messageClass()) {
      case SUCCESS -> {
        answer
            .first(XorRelayedAddress.class)
            .ifPresent(attribute -> relayed = Endpoint.of(attribute.address()));
        done = null;
        then.run();
      }
      case ERROR -> refused(answer);
      case REQUEST, INDICATION -> {}
    }
  }

  private void refused(StunMessage answer) {
    int code = answer.first(ErrorCode.class).map(ErrorCode::code).orElse(0);
    boolean challenged =
        (code == ErrorCode.STALE_NONCE || (code == ErrorCode.UNAUTHENTICATED && challenges == 0))
            && ++challenges <= MAX_CHALLENGES;
    if (challenged) {
      realm = answer.first(Realm.class).map(Realm::name).orElse(realm);
      nonce = answer.first(Nonce.class).map(Nonce::value).orElse(nonce);
      transmit();
      return;
    }
    if (code == ErrorCode.ALLOCATION_MISMATCH && ++challenges <= MAX_CHALLENGES) {
      moveOn();
      return;
    }
    String reason = answer.first(ErrorCode.class).map(ErrorCode::reason).orElse("");
    reason = CONTROL.matcher(reason).replaceAll(""); // coturn's ends with a zero byte
    String advice =
        code == ErrorCode.UNAUTHENTICATED ? "; give it a user and a password that it knows" : "";
    failure =
        "the server refuses %s: %s%s"
            .formatted(nameOfRequest(), (code + " " + reason).strip(), advice);
  }

  /** The server has not forgotten what this port had before: asks from another (RFC 8656 §6.4). */
  private void moveOn() {
    port.close();
    try {
      port = loop.open(from, this);
    } catch (IOException e) {
      failure = "there is no other port to ask from: " + SocketError.explain(e);
      return;
    }
    transmit();
  }

  private String nameOfRequest() {
    return switch (method) {
      case StunMessage.ALLOCATE -> "an allocation";
      case StunMessage.CHANNEL_BIND -> "a channel";
      default -> "to take an allocation back";
    };
  }

  @Override
  public void unreachable(Endpoint to, int type, int code, int data) {
    // That nobody listens shows in the answers that are missing.
  }

  @Override
  public void close() {
    port.close();
  }
}
