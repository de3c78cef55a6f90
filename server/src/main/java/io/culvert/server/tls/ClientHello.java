package io.culvert.server.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client says first on a connection over TLS (RFC 8446 §4.1.2), as far as it matters before
 * somebody answers.
 *
 * <pre>
 * record    0x16  0x03 minor(1)  Len(2)  a part of the message, of at least one byte
 * message   0x01  Len(3)  version(2) random(32)
 *           Len(1) session  Len(2) ciphers  Len(1) compressions  Len(2) extensions, or nothing
 * extension type(2)  Len(2) content; of type 16 (RFC 7301 §3.1): Len(2), names of Len(1) each
 * </pre>
 *
 * @param protocols what the connection may be for; empty when it does not say
 */
record ClientHello(List<String> protocols) {
  /** Those of browsers have 2 KB, and tickets may make them longer. */
  static final int MAX_BYTES = 16 << 10;

  private static final int HANDSHAKE_RECORD = 0x16;
  private static final int MAJOR_VERSION = 0x03;
  private static final int RECORD_HEADER = 5;
  private static final int MAX_RECORD = 1 << 14;

  private static final int CLIENT_HELLO = 0x01;
  private static final int MESSAGE_HEADER = 4;
  private static final int VERSION_AND_RANDOM = 2 + 32;
  private static final int ALPN = 16;

  /**
   * Reads it off what a connection begins with, whose indices stay.
   *
   * @return empty while it is not whole
   * @throws MalformedMessageException when it cannot become one
   */
  static Optional<ClientHello> read(ByteBuf in) throws MalformedMessageException {
    ByteBuf message = Unpooled.buffer(in.readableBytes());
    int at = in.readerIndex();
    while (at < in.writerIndex() && !isWhole(message)) {
      int there = in.writerIndex() - at;
      require(in.getUnsignedByte(at) == HANDSHAKE_RECORD, "no handshake of TLS");
      require(there < 2 || in.getUnsignedByte(at + 1) == MAJOR_VERSION, "no version of TLS");
      if (there < RECORD_HEADER) {
        break;
      }
      int length = in.getUnsignedShort(at + 3);
      require(length > 0 && length <= MAX_RECORD, "a record of " + length + " bytes");
      at += RECORD_HEADER;
      message.writeBytes(in, at, Math.min(length, in.writerIndex() - at));
      at += length;
    }
    return isWhole(message) ? Optional.of(parse(message)) : Optional.empty();
  }

  private static boolean isWhole(ByteBuf message) throws MalformedMessageException {
    int there = message.readableBytes();
    require(there == 0 || message.getByte(0) == CLIENT_HELLO, "no ClientHello");
    if (there < MESSAGE_HEADER) {
      return false;
    }
    int length = message.getUnsignedMedium(1);
    require(length <= MAX_BYTES, "a ClientHello of " + length + " bytes");
    return there >= MESSAGE_HEADER + length;
  }

  private static ClientHello parse(ByteBuf message) throws MalformedMessageException {
    try {
      ByteBuf hello = message.slice(MESSAGE_HEADER, message.getUnsignedMedium(1));
      hello.skipBytes(VERSION_AND_RANDOM);
      hello.skipBytes(hello.readUnsignedByte());
      hello.skipBytes(hello.readUnsignedShort());
      hello.skipBytes(hello.readUnsignedByte());
      return new ClientHello(hello.isReadable() ? protocols(block(hello)) : List.of());
    } catch (IndexOutOfBoundsException e) {
      throw new MalformedMessageException("a ClientHello that ends too early");
    }
  }

  private static List<String> protocols(ByteBuf extensions) {
    while (extensions.isReadable()) {
      int type = extensions.readUnsignedShort();
      ByteBuf content = block(extensions);
      if (type == ALPN) {
        return names(block(content));
      }
    }
    return List.of();
  }

  private static List<String> names(ByteBuf list) {
    List<String> names = new ArrayList<>();
    while (list.isReadable()) {
      names.add(list.readSlice(list.readUnsignedByte()).toString(ISO_8859_1));
    }
    return List.copyOf(names);
  }

  /** What stands behind its length of two bytes. */
  private static ByteBuf block(ByteBuf in) {
    return in.readSlice(in.readUnsignedShort());
  }

  private static void require(boolean isSo, String otherwise) throws MalformedMessageException {
    if (!isSo) {
      throw new MalformedMessageException(otherwise);
    }
  }
}
