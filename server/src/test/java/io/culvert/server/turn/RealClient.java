package io.culvert.server.turn;

import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A client with sockets and a password. It blocks, and over UDP repeats what is not answered. */
final class RealClient implements AutoCloseable {
  private static final int REPEAT_AFTER_MILLIS = 250;
  private static final int ATTEMPTS = 40;
  private static final int MAX_BYTES = 70_000;

  /** How bytes go to the server and come from it. */
  private interface Line extends AutoCloseable {
    void send(byte[] bytes) throws IOException;

    /** One message; a timeout is an exception. */
    byte[] receive() throws IOException;

    boolean isReliable();

    @Override
    void close() throws IOException;
  }

  private final Line line;
  private final UserKeys user;
  private final StunWriter writer = new StunWriter();
  private @Nullable Realm realm;
  private @Nullable Nonce nonce;

  private RealClient(Line line, UserKeys user) {
    this.line = line;
    this.user = user;
  }

  static RealClient udp(InetSocketAddress server, UserKeys user) throws IOException {
    return new RealClient(new Datagrams(server.getAddress(), server), user);
  }

  /** The same from another address of this machine. */
  static RealClient udp(InetAddress from, InetSocketAddress server, UserKeys user)
      throws IOException {
    return new RealClient(new Datagrams(from, server), user);
  }

  static RealClient tcp(InetSocketAddress server, UserKeys user) throws IOException {
    return new RealClient(new Stream(new Socket(server.getAddress(), server.getPort())), user);
  }

  /** The same on a connection that there is already. */
  static RealClient on(Socket socket, UserKeys user) throws IOException {
    return new RealClient(new Stream(socket), user);
  }

  void send(byte[] bytes) throws IOException {
    line.send(bytes);
  }

  /** The next message; a {@link SocketTimeoutException} if none comes in a quarter of a second. */
  byte[] receive() throws IOException {
    return line.receive();
  }

  /** Asks for something, with credentials as soon as they are asked for, and returns the answer. */
  StunMessage ask(int method, StunAttribute... attributes) throws IOException {
    while (true) {
      StunMessage request = request(method, attributes);
      StunMessage answer = exchange(request, signed(request));
      int code = answer.first(ErrorCode.class).map(ErrorCode::code).orElse(0);
      boolean first = nonce == null && code == 401;
      if (!first && code != 438) {
        return answer;
      }
      realm = answer.first(Realm.class).orElseThrow();
      nonce = answer.first(Nonce.class).orElseThrow();
    }
  }

  /** Asks for something that is done. */
  StunMessage done(int method, StunAttribute... attributes) throws IOException {
    StunMessage answer = ask(method, attributes);
    if (answer.messageClass() != StunClass.SUCCESS) {
      throw new AssertionError("refused: " + answer);
    }
    return answer;
  }

  /** Asks for something and returns the code of the error; 0 when it is done. */
  int code(int method, StunAttribute... attributes) throws IOException {
    return ask(method, attributes).first(ErrorCode.class).map(ErrorCode::code).orElse(0);
  }

  /** A request with what the server has asked for, if it has. */
  StunMessage request(int method, StunAttribute... attributes) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    List<StunAttribute> all = new ArrayList<>(List.of(attributes));
    if (realm != null && nonce != null) {
      all.addAll(List.of(new Username(user.name()), realm, nonce));
    }
    TransactionId id = new TransactionId(random.nextInt(), random.nextLong());
    return new StunMessage(StunClass.REQUEST, method, id, all);
  }

  /** That request's bytes, with the integrity of this user. */
  byte[] signed(StunMessage request) {
    ByteBuf bytes = Unpooled.buffer();
    writer.begin(bytes, request);
    if (nonce != null) {
      writer.messageIntegrity(user.md5());
    }
    return ByteBufUtil.getBytes(bytes);
  }

  /** Sends these bytes until that request is answered. */
  StunMessage exchange(StunMessage request, byte[] bytes) throws IOException {
    line.send(bytes);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        while (true) {
          StunMessage message = decode(line.receive());
          if (message != null && message.answers(request)) {
            return message;
          }
        }
      } catch (SocketTimeoutException e) {
        repeat(bytes);
      }
    }
    throw new AssertionError("no answer to " + request);
  }

  private void repeat(byte[] bytes) throws IOException {
    if (!line.isReliable()) {
      line.send(bytes);
    }
  }

  private static @Nullable StunMessage decode(byte[] bytes) {
    if (ChannelData.isChannelData(bytes[0] & 0xff)) {
      return null;
    }
    try {
      return StunCodec.decode(Unpooled.wrappedBuffer(bytes));
    } catch (MalformedMessageException e) {
      throw new AssertionError("the server sends what is no STUN", e);
    }
  }

  /** Sends data through a channel until the same come back. */
  void echo(int channel, byte[] data) throws IOException {
    int padding = line.isReliable() ? ChannelData.padding(data.length) : 0;
    ByteBuf out = Unpooled.buffer().writeShort(channel).writeShort(data.length);
    byte[] sent = ByteBufUtil.getBytes(out.writeBytes(data).writeZero(padding));
    line.send(sent);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        while (true) {
          if (Arrays.equals(line.receive(), sent)) {
            return;
          }
        }
      } catch (SocketTimeoutException e) {
        repeat(sent);
      }
    }
    throw new AssertionError("no echo through channel " + channel);
  }

  @Override
  public void close() throws IOException {
    line.close();
  }

  private static final class Datagrams implements Line {
    private final DatagramSocket socket;
    private final byte[] buffer = new byte[MAX_BYTES];

    Datagrams(InetAddress from, InetSocketAddress server) throws IOException {
      socket = new DatagramSocket(new InetSocketAddress(from, 0));
      socket.connect(server);
      socket.setSoTimeout(REPEAT_AFTER_MILLIS);
    }

    @Override
    public void send(byte[] bytes) throws IOException {
      socket.send(new DatagramPacket(bytes, bytes.length));
    }

    @Override
    public byte[] receive() throws IOException {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      socket.receive(packet);
      return Arrays.copyOf(buffer, packet.getLength());
    }

    @Override
    public boolean isReliable() {
      return false;
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  private static final class Stream implements Line {
    private static final int HEADER_BYTES = 4;
    private static final int STUN_HEADER_BYTES = 20;

    private final Socket socket;
    private final DataInputStream in;

    Stream(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(REPEAT_AFTER_MILLIS);
      in = new DataInputStream(socket.getInputStream());
    }

    @Override
    public void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    @Override
    public byte[] receive() throws IOException {
      byte first = in.readByte(); // a timeout between two messages loses nothing
      byte[] header = {first, in.readByte(), in.readByte(), in.readByte()};
      int length = (header[2] & 0xff) << Byte.SIZE | (header[3] & 0xff);
      boolean data = ChannelData.isChannelData(header[0] & 0xff);
      int rest =
          data ? length + ChannelData.padding(length) : STUN_HEADER_BYTES - HEADER_BYTES + length;
      byte[] message = Arrays.copyOf(header, HEADER_BYTES + rest);
      in.readFully(message, HEADER_BYTES, rest);
      return message;
    }

    @Override
    public boolean isReliable() {
      return true;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
