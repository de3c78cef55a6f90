package io.culvert.wire.tcppunch;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.culvert.wire.tcppunch.TcpPunchMessage.Aux;
import io.culvert.wire.tcppunch.TcpPunchMessage.Data;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.IntroduceRefused;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import io.culvert.wire.tcppunch.TcpPunchMessage.Link;
import io.culvert.wire.tcppunch.TcpPunchMessage.Main;
import io.culvert.wire.tcppunch.TcpPunchMessage.Online;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineAccepted;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineRefused;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the {@code tcppunch} protocol to messages and back; the package's page shows the layout.
 *
 * <p>The {@code decode} methods read from a stream: they take one whole message off the buffer, or
 * return null and leave it untouched while bytes are missing. What can never become a message is
 * refused as early as the bytes show it, so that nobody makes a reader wait for 65535 bytes of
 * nonsense. Stateless.
 */
public final class TcpPunchCodec {
  private static final int ONLINE = 0x0001;
  private static final int ONLINE_ACCEPTED = 0x0002;
  private static final int ONLINE_REFUSED = 0x0003;
  private static final int INTRODUCE = 0x0011;
  private static final int INTRODUCE_REFUSED = 0x0012;
  private static final int INTRODUCTION = 0x0013;
  private static final int ACK = 0x0021;
  private static final int DATA = 0x0031;

  private static final int LEN_BYTES = 4;
  private static final int COMMAND_BYTES = 2;
  private static final int ENDPOINT_BYTES = 6;
  private static final long MAX_FRAME_BYTES = 65_535;
  private static final int MAX_ID_FIELD_BYTES = 1 + TcpPunchMessage.MAX_ID_BYTES;

  private TcpPunchCodec() {}

  /**
   * Takes the next message of a main connection.
   *
   * @throws MalformedMessageException when the bytes are none
   */
  public static @Nullable Main decodeMain(ByteBuf in) throws MalformedMessageException {
    if (in.readableBytes() < LEN_BYTES) {
      return null;
    }
    long length = in.getUnsignedInt(in.readerIndex());
    if (length == 0 || length > MAX_FRAME_BYTES) {
      throw new MalformedMessageException("frame of " + length + " bytes");
    }
    if (length < COMMAND_BYTES) {
      throw new MalformedMessageException("frame too short for a command");
    }
    if (in.readableBytes() < LEN_BYTES + COMMAND_BYTES) {
      return null;
    }
    int command = in.getUnsignedShort(in.readerIndex() + LEN_BYTES);
    if (length > longestFrame(command)) {
      throw new MalformedMessageException(
          "frame of " + length + " bytes for command " + hex(command));
    }
    if (in.readableBytes() < LEN_BYTES + length) {
      return null;
    }
    ByteBuf body = in.skipBytes(LEN_BYTES).readSlice((int) length).skipBytes(COMMAND_BYTES);
    Main message =
        switch (command) {
          case ONLINE -> new Online(readId(body));
          case ONLINE_ACCEPTED -> new OnlineAccepted(readId(body));
          case ONLINE_REFUSED -> new OnlineRefused();
          case INTRODUCTION -> readIntroduction(body);
          default -> throw unknown(command);
        };
    if (body.isReadable()) {
      throw new MalformedMessageException(body.readableBytes() + " bytes left over in a frame");
    }
    return message;
  }

  /**
   * Takes the next message of a tcp-a connection.
   *
   * @throws MalformedMessageException when the bytes are none
   */
  public static @Nullable Aux decodeAux(ByteBuf in) throws MalformedMessageException {
    if (in.readableBytes() < COMMAND_BYTES) {
      return null;
    }
    int start = in.readerIndex();
    int command = in.getUnsignedShort(start);
    return switch (command) {
      case INTRODUCE -> {
        int kindAt = start + COMMAND_BYTES;
        if (kindAt < in.writerIndex()) {
          kindOf(in.getByte(kindAt));
        }
        int sessionEnd = endOfId(in, kindAt + 1 + ENDPOINT_BYTES);
        int end = sessionEnd < 0 ? -1 : endOfId(in, sessionEnd);
        if (end < 0) {
          yield null;
        }
        ByteBuf body = in.readSlice(end - start).skipBytes(COMMAND_BYTES);
        yield new Introduce(
            kindOf(body.readByte()), readEndpoint(body), readId(body), readId(body));
      }
      case INTRODUCE_REFUSED -> {
        in.skipBytes(COMMAND_BYTES);
        yield new IntroduceRefused();
      }
      default -> throw unknown(command);
    };
  }

  /**
   * Takes the next message of a link between peers.
   *
   * @throws MalformedMessageException when the bytes are none
   */
  public static @Nullable Link decodeLink(ByteBuf in) throws MalformedMessageException {
    if (in.readableBytes() < COMMAND_BYTES) {
      return null;
    }
    int start = in.readerIndex();
    int command = in.getUnsignedShort(start);
    if (command != ACK && command != DATA) {
      throw unknown(command);
    }
    int idEnd = endOfId(in, start + COMMAND_BYTES);
    if (idEnd < 0) {
      return null;
    }
    if (command == ACK) {
      return new Ack(readId(in.readSlice(idEnd - start).skipBytes(COMMAND_BYTES)));
    }
    if (idEnd >= in.writerIndex() || in.writerIndex() <= idEnd + in.getUnsignedByte(idEnd)) {
      return null;
    }
    String senderId = readId(in.skipBytes(COMMAND_BYTES));
    byte[] data = new byte[in.readUnsignedByte()];
    in.readBytes(data);
    return new Data(senderId, data);
  }

  /** Appends the message, with its {@code Len} when it is one of the main connection. */
  public static void encode(TcpPunchMessage message, ByteBuf out) {
    switch (message) {
      case Main main -> encodeFrame(main, out);
      case Introduce introduce -> {
        out.writeShort(INTRODUCE).writeByte(codeOf(introduce.kind()));
        writeEndpoint(introduce.local(), out);
        writeId(introduce.sessionId(), out);
        writeId(introduce.peerId(), out);
      }
      case IntroduceRefused() -> out.writeShort(INTRODUCE_REFUSED);
      case Ack(String clientId) -> writeId(clientId, out.writeShort(ACK));
      case Data(String senderId, byte[] data) -> {
        writeId(senderId, out.writeShort(DATA));
        out.writeByte(data.length).writeBytes(data);
      }
    }
  }

  private static void encodeFrame(Main message, ByteBuf out) {
    int lenAt = out.writerIndex();
    out.writeZero(LEN_BYTES);
    switch (message) {
      case Online(String clientId) -> writeId(clientId, out.writeShort(ONLINE));
      case OnlineAccepted(String sessionId) -> writeId(sessionId, out.writeShort(ONLINE_ACCEPTED));
      case OnlineRefused() -> out.writeShort(ONLINE_REFUSED);
      case Introduction introduction -> {
        out.writeShort(INTRODUCTION).writeByte(codeOf(introduction.kind()));
        writeEndpoint(introduction.local(), out);
        writeEndpoint(introduction.observed(), out);
        writeId(introduction.peerId(), out);
      }
    }
    out.setInt(lenAt, out.writerIndex() - lenAt - LEN_BYTES);
  }

  private static int longestFrame(int command) throws MalformedMessageException {
    return switch (command) {
      case ONLINE, ONLINE_ACCEPTED -> COMMAND_BYTES + MAX_ID_FIELD_BYTES;
      case ONLINE_REFUSED -> COMMAND_BYTES;
      case INTRODUCTION -> COMMAND_BYTES + 1 + 2 * ENDPOINT_BYTES + MAX_ID_FIELD_BYTES;
      default -> throw unknown(command);
    };
  }

  private static Introduction readIntroduction(ByteBuf body) throws MalformedMessageException {
    if (body.readableBytes() < 1 + 2 * ENDPOINT_BYTES) {
      throw new MalformedMessageException("introduction cut short");
    }
    return new Introduction(
        kindOf(body.readByte()), readEndpoint(body), readEndpoint(body), readId(body));
  }

  /** The index behind the identifier whose length stands at {@code at}; -1 while bytes miss. */
  private static int endOfId(ByteBuf in, int at) throws MalformedMessageException {
    if (at >= in.writerIndex()) {
      return -1;
    }
    int length = in.getUnsignedByte(at);
    if (length == 0) {
      throw new MalformedMessageException("empty identifier");
    }
    int end = at + 1 + length;
    return end <= in.writerIndex() ? end : -1;
  }

  private static String readId(ByteBuf in) throws MalformedMessageException {
    int end = endOfId(in, in.readerIndex());
    if (end < 0) {
      throw new MalformedMessageException("identifier cut short");
    }
    ByteBuf bytes = in.readSlice(end - in.readerIndex()).skipBytes(1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.nioBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("identifier is not UTF-8");
    }
  }

  private static void writeId(String id, ByteBuf out) {
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    out.writeByte(bytes.length).writeBytes(bytes);
  }

  private static InetSocketAddress readEndpoint(ByteBuf in) {
    byte[] ip = new byte[4];
    in.readBytes(ip);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(ip), in.readUnsignedShort());
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are always an IPv4 address", e);
    }
  }

  private static void writeEndpoint(InetSocketAddress endpoint, ByteBuf out) {
    out.writeBytes(endpoint.getAddress().getAddress()).writeShort(endpoint.getPort());
  }

  private static Kind kindOf(byte code) throws MalformedMessageException {
    return switch (code) {
      case 1 -> Kind.INVITE;
      case 2 -> Kind.ACCEPT;
      default -> throw new MalformedMessageException("kind " + Byte.toUnsignedInt(code));
    };
  }

  private static int codeOf(Kind kind) {
    return switch (kind) {
      case INVITE -> 1;
      case ACCEPT -> 2;
    };
  }

  private static MalformedMessageException unknown(int command) {
    return new MalformedMessageException("unknown command " + hex(command));
  }

  private static String hex(int command) {
    return "0x%04x".formatted(command);
  }
}
