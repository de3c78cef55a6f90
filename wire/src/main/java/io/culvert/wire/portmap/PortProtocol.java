package io.culvert.wire.portmap;

import io.culvert.wire.MalformedMessageException;

/** What a mapped port is one of. */
public enum PortProtocol {
  UDP(17, 1),
  TCP(6, 2);

  private final int number;
  private final int natPmpOpcode;

  PortProtocol(int number, int natPmpOpcode) {
    this.number = number;
    this.natPmpOpcode = natPmpOpcode;
  }

  /** Its number at IANA, which PCP uses. */
  int number() {
    return number;
  }

  /** The opcode of NAT-PMP that asks for such a port. */
  public int natPmpOpcode() {
    return natPmpOpcode;
  }

  static PortProtocol ofNumber(int number) throws MalformedMessageException {
    return switch (number) {
      case 17 -> UDP;
      case 6 -> TCP;
      default -> throw new MalformedMessageException("protocol " + number);
    };
  }

  static PortProtocol ofNatPmpOpcode(int opcode) throws MalformedMessageException {
    return switch (opcode) {
      case 1 -> UDP;
      case 2 -> TCP;
      default -> throw new MalformedMessageException("opcode " + opcode + " of NAT-PMP");
    };
  }
}
