package io.culvert.wire.portmap;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.portmap.Pcp.AnnounceRequest;
import io.culvert.wire.portmap.Pcp.AnnounceResponse;
import io.culvert.wire.portmap.Pcp.MapRequest;
import io.culvert.wire.portmap.Pcp.MapResponse;
import io.culvert.wire.portmap.Pcp.Nonce;
import io.culvert.wire.portmap.Pcp.OtherVersion;
import io.culvert.wire.portmap.Pcp.Refused;
import io.netty.buffer.ByteBuf;
import java.net.Inet4Address;
import java.net.InetAddress;

/** The bytes of PCP. */
final class PcpLayout {
  private static final int ANNOUNCE = 0;
  private static final int MAP = 1;

  private static final int HEADER_BYTES = 24;
  private static final int MAP_BYTES = HEADER_BYTES + 36;
  private static final int MOST_BYTES = 1100;
  private static final int ALIGNMENT = 4;
  private static final int ADDRESS_BYTES = 16;

  /** RFC 4291 §2.5.5.2: what stands before an address of IPv4 is 80 bits of 0 and 16 of 1. */
  private static final int IPV4_MAPPED_ZEROS = 10;

  private static final int RESULT_AT = 3;
  private static final int LIFETIME_AT = 4;
  private static final int CLIENT_AT = 8;
  private static final int EPOCH_AT = 8;
  private static final int NONCE_AT = HEADER_BYTES;
  private static final int PROTOCOL_AT = NONCE_AT + 12;
  private static final int INTERNAL_PORT_AT = PROTOCOL_AT + 4;
  private static final int EXTERNAL_PORT_AT = INTERNAL_PORT_AT + 2;
  private static final int EXTERNAL_AT = EXTERNAL_PORT_AT + 2;

  private PcpLayout() {}

  static Pcp decode(ByteBuf in, boolean answer, int opcode) throws MalformedMessageException {
    int length = in.readableBytes();
    if (length < HEADER_BYTES || length > MOST_BYTES || length % ALIGNMENT != 0) {
      throw new MalformedMessageException("PCP of " + length + " bytes");
    }
    return answer ? answer(in, opcode) : request(in, opcode);
  }

  private static Pcp request(ByteBuf in, int opcode) throws MalformedMessageException {
    InetAddress client = address(in, CLIENT_AT);
    return switch (opcode) {
      case ANNOUNCE -> new AnnounceRequest(client);
      case MAP -> {
        PortmapCodec.requireAtLeast(in, MAP_BYTES);
        yield new MapRequest(
            in.getUnsignedInt(LIFETIME_AT),
            client,
            nonce(in),
            protocol(in),
            in.getUnsignedShort(INTERNAL_PORT_AT),
            in.getUnsignedShort(EXTERNAL_PORT_AT),
            address(in, EXTERNAL_AT));
      }
      default -> throw new MalformedMessageException("opcode " + opcode + " of PCP");
    };
  }

  private static Pcp answer(ByteBuf in, int opcode) throws MalformedMessageException {
    int result = in.getUnsignedByte(RESULT_AT);
    long lifetime = in.getUnsignedInt(LIFETIME_AT);
    long epoch = in.getUnsignedInt(EPOCH_AT);
    if (result != Pcp.SUCCESS && (opcode != MAP || in.readableBytes() < MAP_BYTES)) {
      return new Refused(opcode, result, lifetime, epoch);
    }
    return switch (opcode) {
      case ANNOUNCE -> new AnnounceResponse(epoch);
      case MAP -> {
        PortmapCodec.requireAtLeast(in, MAP_BYTES);
        yield new MapResponse(
            result,
            lifetime,
            epoch,
            nonce(in),
            protocol(in),
            in.getUnsignedShort(INTERNAL_PORT_AT),
            in.getUnsignedShort(EXTERNAL_PORT_AT),
            address(in, EXTERNAL_AT));
      }
      default -> throw new MalformedMessageException("opcode " + opcode + " of PCP");
    };
  }

  static void encode(Pcp message, ByteBuf out) {
    switch (message) {
      case AnnounceRequest(var client) -> writeRequest(out, ANNOUNCE, 0, client);
      case AnnounceResponse(var epoch) ->
          writeAnswer(out, Pcp.VERSION, ANNOUNCE, Pcp.SUCCESS, 0, epoch);
      case MapRequest request -> {
        writeRequest(out, MAP, request.lifetime(), request.client());
        writeMap(
            out,
            request.nonce(),
            request.protocol(),
            request.internalPort(),
            request.suggestedPort(),
            request.suggestedAddress());
      }
      case MapResponse answer -> {
        writeAnswer(out, Pcp.VERSION, MAP, answer.result(), answer.lifetime(), answer.epoch());
        writeMap(
            out,
            answer.nonce(),
            answer.protocol(),
            answer.internalPort(),
            answer.externalPort(),
            answer.external());
      }
      case Refused(var opcode, var result, var lifetime, var epoch) ->
          writeAnswer(out, Pcp.VERSION, opcode, result, lifetime, epoch);
      case OtherVersion(var opcode, var version) ->
          writeAnswer(out, version, opcode, Pcp.UNSUPP_VERSION, 0, 0);
    }
  }

  private static void writeRequest(ByteBuf out, int opcode, long lifetime, InetAddress client) {
    out.writeByte(Pcp.VERSION).writeByte(opcode).writeShort(0).writeInt((int) lifetime);
    writeAddress(out, client);
  }

  private static void writeAnswer(
      ByteBuf out, int version, int opcode, int result, long lifetime, long epoch) {
    out.writeByte(version).writeByte(PortmapCodec.answerTo(opcode));
    out.writeByte(0).writeByte(result);
    out.writeInt((int) lifetime).writeInt((int) epoch);
    out.writeZero(HEADER_BYTES - EPOCH_AT - Integer.BYTES);
  }

  private static void writeMap(
      ByteBuf out,
      Nonce nonce,
      PortProtocol protocol,
      int internalPort,
      int externalPort,
      InetAddress external) {
    out.writeLong(nonce.high()).writeInt(nonce.low());
    out.writeByte(protocol.number()).writeZero(3);
    out.writeShort(internalPort).writeShort(externalPort);
    writeAddress(out, external);
  }

  private static void writeAddress(ByteBuf out, InetAddress address) {
    if (address instanceof Inet4Address) {
      out.writeZero(IPV4_MAPPED_ZEROS).writeShort(0xffff);
    }
    out.writeBytes(address.getAddress());
  }

  private static Nonce nonce(ByteBuf in) {
    return new Nonce(in.getLong(NONCE_AT), in.getInt(NONCE_AT + Long.BYTES));
  }

  private static PortProtocol protocol(ByteBuf in) throws MalformedMessageException {
    return PortProtocol.ofNumber(in.getUnsignedByte(PROTOCOL_AT));
  }

  /** Java makes an address of IPv4 of one that is mapped into IPv6. */
  private static InetAddress address(ByteBuf in, int at) {
    return PortmapCodec.address(in, at, ADDRESS_BYTES);
  }
}
