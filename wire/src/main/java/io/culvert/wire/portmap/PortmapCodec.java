package io.culvert.wire.portmap;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Datagrams of NAT-PMP and PCP to messages and back; the package's page shows the layout. */
public final class PortmapCodec {
  private static final int ANSWER = 0x80;
  private static final int OPCODE_MASK = 0x7f;
  private static final int RESULT_AT = 2;
  private static final int RESULT_BYTES = 4;

  private PortmapCodec() {}

  /**
   * Reads the readable bytes, all of them, as one message; the buffer's indices stay.
   *
   * @throws MalformedMessageException when they are none
   */
  public static PortmapMessage decode(ByteBuf bytes) throws MalformedMessageException {
    ByteBuf in = bytes.slice();
    requireAtLeast(in, Short.BYTES);
    int version = in.getUnsignedByte(0);
    int code = in.getUnsignedByte(1);
    return switch (version) {
      case 0 -> natPmp(in, code);
      case Pcp.VERSION -> PcpLayout.decode(in, code >= ANSWER, code & OPCODE_MASK);
      default -> otherVersion(in, version, code);
    };
  }

  private static NatPmp natPmp(ByteBuf in, int code) throws MalformedMessageException {
    int opcode = code & OPCODE_MASK;
    boolean answer = code >= ANSWER || in.readableBytes() == NatPmpLayout.SHORT_REFUSAL_BYTES;
    if (!answer) {
      return NatPmpLayout.request(in, opcode);
    }
    requireAtLeast(in, RESULT_BYTES);
    int result = in.getUnsignedShort(RESULT_AT);
    return result == 0 ? NatPmpLayout.success(in, opcode) : new NatPmp.Refused(opcode, result);
  }

  private static Pcp otherVersion(ByteBuf in, int version, int code)
      throws MalformedMessageException {
    requireAtLeast(in, RESULT_BYTES);
    if (code < ANSWER || in.getUnsignedByte(RESULT_AT + 1) != Pcp.UNSUPP_VERSION) {
      throw new MalformedMessageException("version " + version);
    }
    return new Pcp.OtherVersion(code & OPCODE_MASK, version);
  }

  /** Appends the message. */
  public static void encode(PortmapMessage message, ByteBuf out) {
    switch (message) {
      case NatPmp natPmp -> NatPmpLayout.encode(natPmp, out);
      case Pcp pcp -> PcpLayout.encode(pcp, out);
    }
  }

  static int answerTo(int opcode) {
    return ANSWER | opcode;
  }

  static void requireAtLeast(ByteBuf in, int bytes) throws MalformedMessageException {
    if (in.readableBytes() < bytes) {
      throw new MalformedMessageException(
          in.readableBytes() + " bytes where there must be " + bytes);
    }
  }

  static InetAddress address(ByteBuf in, int at, int bytes) {
    try {
      return InetAddress.getByAddress(ByteBufUtil.getBytes(in, at, bytes));
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address.", e);
    }
  }

  static Inet4Address ipv4(ByteBuf in, int at) {
    return (Inet4Address) address(in, at, Integer.BYTES);
  }
}
