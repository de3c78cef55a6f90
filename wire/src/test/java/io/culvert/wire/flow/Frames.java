package io.culvert.wire.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.FlowMessage.FromClient;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.json.Json;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/** JSON as it comes off the wire. */
final class Frames {
  private Frames() {}

  static ByteBuf of(String json) {
    return of(json.getBytes(UTF_8));
  }

  static ByteBuf of(byte[] json) {
    return Unpooled.buffer().writeShort(json.length).writeBytes(json);
  }

  static ByteBuf of(FlowMessage message) {
    ByteBuf out = Unpooled.buffer();
    FlowCodec.encode(message, out);
    return out;
  }

  /** The JSON of the message's frame, which is checked to be nothing else. */
  static String jsonOf(FlowMessage message) {
    byte[] bytes = ByteBufUtil.getBytes(of(message));
    int length = Byte.toUnsignedInt(bytes[0]) << 8 | Byte.toUnsignedInt(bytes[1]);
    if (length != bytes.length - 2) {
      throw new AssertionError("a frame of %d bytes says %d".formatted(bytes.length, length));
    }
    return new String(bytes, 2, length, UTF_8);
  }

  static FromClient fromClient(String json) throws MalformedMessageException {
    return Objects.requireNonNull(FlowCodec.decodeFromClient(of(json)));
  }

  static FromServer fromServer(String json) throws MalformedMessageException {
    return Objects.requireNonNull(FlowCodec.decodeFromServer(of(json)));
  }

  static ObjectNode object(String json) {
    try {
      return Json.readObject(Unpooled.copiedBuffer(json, UTF_8));
    } catch (MalformedMessageException e) {
      throw new AssertionError(json, e);
    }
  }
}
