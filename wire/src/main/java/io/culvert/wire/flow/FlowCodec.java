package io.culvert.wire.flow;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.FlowMessage.FromClient;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.json.Json;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the {@code flow} protocol to messages and back; the package's page shows the layout.
 *
 * <p>The {@code decode} methods read from a stream: they take one whole frame off the buffer, or
 * return null and leave it untouched while bytes are missing. A frame that does not begin as an
 * object does is refused at its first byte. Stateless.
 */
public final class FlowCodec {
  /** The most bytes that a frame carries. */
  public static final int MAX_JSON_BYTES = 65_535;

  private static final int LEN_BYTES = 2;

  private FlowCodec() {}

  /**
   * Takes the next message of a client.
   *
   * @throws MalformedMessageException when the bytes are none
   */
  public static @Nullable FromClient decodeFromClient(ByteBuf in) throws MalformedMessageException {
    ByteBuf frame = nextFrame(in);
    return frame == null ? null : readFromClient(frame);
  }

  /**
   * Takes the next message of a server.
   *
   * @throws MalformedMessageException when the bytes are none
   */
  public static @Nullable FromServer decodeFromServer(ByteBuf in) throws MalformedMessageException {
    ByteBuf frame = nextFrame(in);
    return frame == null ? null : readFromServer(frame);
  }

  /**
   * Reads all readable bytes as one message of a client, without {@code Len}.
   *
   * @throws MalformedMessageException when they are none
   */
  public static FromClient readFromClient(ByteBuf json) throws MalformedMessageException {
    return FlowReader.fromClient(Json.readObject(withoutNul(json)));
  }

  /**
   * Reads all readable bytes as one message of a server, without {@code Len}.
   *
   * @throws MalformedMessageException when they are none
   */
  public static FromServer readFromServer(ByteBuf json) throws MalformedMessageException {
    return FlowReader.fromServer(Json.readObject(withoutNul(json)));
  }

  /** The message without {@code Len}. May be longer than a frame can carry. */
  public static byte[] write(FlowMessage message) {
    return Json.write(FlowWriter.write(message));
  }

  /**
   * Appends the message as a frame.
   *
   * @throws IllegalArgumentException when it is longer than a frame can carry; nothing is written
   */
  public static void encode(FlowMessage message, ByteBuf out) {
    frame(write(message), out);
  }

  /**
   * Appends what {@link #write} has made as a frame.
   *
   * @throws IllegalArgumentException when it is longer than a frame can carry; nothing is written
   */
  public static void frame(byte[] json, ByteBuf out) {
    if (json.length > MAX_JSON_BYTES) {
      throw new IllegalArgumentException(
          "a frame carries at most " + MAX_JSON_BYTES + " bytes, not " + json.length);
    }
    out.writeShort(json.length).writeBytes(json);
  }

  private static @Nullable ByteBuf nextFrame(ByteBuf in) throws MalformedMessageException {
    if (in.readableBytes() < LEN_BYTES) {
      return null;
    }
    int length = in.getUnsignedShort(in.readerIndex());
    if (length == 0) {
      throw new MalformedMessageException("an empty frame");
    }
    if (in.readableBytes() > LEN_BYTES && !beginsObject(in.getByte(in.readerIndex() + LEN_BYTES))) {
      throw new MalformedMessageException("a frame that is not a JSON object");
    }
    return in.readableBytes() < LEN_BYTES + length
        ? null
        : in.skipBytes(LEN_BYTES).readSlice(length);
  }

  private static boolean beginsObject(byte first) {
    return switch (first) {
      case '{', ' ', '\t', '\r', '\n' -> true;
      default -> false;
    };
  }

  /** Some senders count the NUL that ends their string. */
  private static ByteBuf withoutNul(ByteBuf json) {
    int last = json.writerIndex() - 1;
    return json.isReadable() && json.getByte(last) == 0
        ? json.slice(json.readerIndex(), json.readableBytes() - 1)
        : json;
  }
}
