package io.culvert.wire.portmap;

import java.net.Inet4Address;

/** A message of NAT-PMP (RFC 6886). Lifetimes and epochs are seconds, 0 to 2³² - 1. */
public sealed interface NatPmp extends PortmapMessage {
  /** RFC 6886 §3.5. */
  int UNSUPPORTED_VERSION = 1;

  int NOT_AUTHORIZED = 2;
  int NETWORK_FAILURE = 3;
  int OUT_OF_RESOURCES = 4;
  int UNSUPPORTED_OPCODE = 5;

  /** Asks for the router's outer address. */
  record AddressRequest() implements NatPmp {}

  /** The router's outer address; also announced when it has changed. */
  record AddressResponse(long epoch, Inet4Address external) implements NatPmp {
    public AddressResponse {
      Bounds.requireSeconds(epoch);
    }
  }

  /**
   * Asks for an outer port, or keeps it.
   *
   * @param suggestedPort 0 when any will do
   * @param lifetime 0 gives it back
   */
  record MapRequest(PortProtocol protocol, int internalPort, int suggestedPort, long lifetime)
      implements NatPmp {
    public MapRequest {
      Bounds.requirePort(internalPort);
      Bounds.requirePort(suggestedPort);
      Bounds.requireSeconds(lifetime);
    }
  }

  /**
   * There is an outer port, or with the lifetime 0 there is none any more.
   *
   * @param lifetime for how long it is kept from now on
   */
  record MapResponse(
      PortProtocol protocol, long epoch, int internalPort, int externalPort, long lifetime)
      implements NatPmp {
    public MapResponse {
      Bounds.requireSeconds(epoch);
      Bounds.requirePort(internalPort);
      Bounds.requirePort(externalPort);
      Bounds.requireSeconds(lifetime);
    }
  }

  /**
   * The router does not do what was asked.
   *
   * @param opcode of the request
   * @param result 1 to 65535
   */
  record Refused(int opcode, int result) implements NatPmp {
    public Refused {
      Bounds.requireOpcode(opcode);
      Bounds.requireResult(result, 1, 0xffff);
    }
  }
}
