package io.culvert.wire.portmap;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.portmap.NatPmp.AddressRequest;
import io.culvert.wire.portmap.NatPmp.AddressResponse;
import io.culvert.wire.portmap.NatPmp.MapRequest;
import io.culvert.wire.portmap.NatPmp.MapResponse;
import io.culvert.wire.portmap.NatPmp.Refused;
import io.netty.buffer.ByteBuf;

/** The bytes of NAT-PMP. */
final class NatPmpLayout {
  /** What no request is long, so that a refusal needs no opcode of an answer. */
  static final int SHORT_REFUSAL_BYTES = 8;

  private static final int VERSION = 0;
  private static final int ADDRESS = 0;
  private static final int ADDRESS_REQUEST_BYTES = 2;
  private static final int ADDRESS_RESPONSE_BYTES = 12;
  private static final int MAP_REQUEST_BYTES = 12;
  private static final int MAP_RESPONSE_BYTES = 16;

  private NatPmpLayout() {}

  static NatPmp request(ByteBuf in, int opcode) throws MalformedMessageException {
    if (opcode == ADDRESS) {
      requireLength(in, ADDRESS_REQUEST_BYTES);
      return new AddressRequest();
    }
    PortProtocol protocol = PortProtocol.ofNatPmpOpcode(opcode);
    requireLength(in, MAP_REQUEST_BYTES);
    return new MapRequest(
        protocol, in.getUnsignedShort(4), in.getUnsignedShort(6), in.getUnsignedInt(8));
  }

  static NatPmp success(ByteBuf in, int opcode) throws MalformedMessageException {
    if (opcode == ADDRESS) {
      requireLength(in, ADDRESS_RESPONSE_BYTES);
      return new AddressResponse(in.getUnsignedInt(4), PortmapCodec.ipv4(in, 8));
    }
    PortProtocol protocol = PortProtocol.ofNatPmpOpcode(opcode);
    requireLength(in, MAP_RESPONSE_BYTES);
    return new MapResponse(
        protocol,
        in.getUnsignedInt(4),
        in.getUnsignedShort(8),
        in.getUnsignedShort(10),
        in.getUnsignedInt(12));
  }

  static void encode(NatPmp message, ByteBuf out) {
    out.writeByte(VERSION);
    switch (message) {
      case AddressRequest() -> out.writeByte(ADDRESS);
      case AddressResponse(var epoch, var external) -> {
        writeAnswer(out, ADDRESS, 0);
        writeSeconds(out, epoch);
        out.writeBytes(external.getAddress());
      }
      case MapRequest(var protocol, var internalPort, var suggestedPort, var lifetime) -> {
        out.writeByte(protocol.natPmpOpcode()).writeShort(0);
        out.writeShort(internalPort).writeShort(suggestedPort);
        writeSeconds(out, lifetime);
      }
      case MapResponse(var protocol, var epoch, var inner, var outer, var lifetime) -> {
        writeAnswer(out, protocol.natPmpOpcode(), 0);
        writeSeconds(out, epoch);
        out.writeShort(inner).writeShort(outer);
        writeSeconds(out, lifetime);
      }
      case Refused(var opcode, var result) -> {
        writeAnswer(out, opcode, result);
        out.writeInt(0);
      }
    }
  }

  private static void writeAnswer(ByteBuf out, int opcode, int result) {
    out.writeByte(PortmapCodec.answerTo(opcode)).writeShort(result);
  }

  private static void writeSeconds(ByteBuf out, long seconds) {
    out.writeInt((int) seconds);
  }

  private static void requireLength(ByteBuf in, int bytes) throws MalformedMessageException {
    if (in.readableBytes() != bytes) {
      throw new MalformedMessageException(in.readableBytes() + " bytes, not " + bytes);
    }
  }
}
