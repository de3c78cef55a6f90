package io.culvert.wire.portmap;

import java.net.InetAddress;
import java.util.random.RandomGenerator;

/** A message of PCP (RFC 6887). Lifetimes and epochs are seconds, 0 to 2³² - 1. */
public sealed interface Pcp extends PortmapMessage {
  /** The version that is written here. */
  int VERSION = 2;

  /** RFC 6887 §7.4. */
  int SUCCESS = 0;

  int UNSUPP_VERSION = 1;
  int NOT_AUTHORIZED = 2;
  int MALFORMED_REQUEST = 3;
  int UNSUPP_OPCODE = 4;
  int UNSUPP_OPTION = 5;
  int MALFORMED_OPTION = 6;
  int NETWORK_FAILURE = 7;
  int NO_RESOURCES = 8;
  int UNSUPP_PROTOCOL = 9;
  int USER_EX_QUOTA = 10;
  int CANNOT_PROVIDE_EXTERNAL = 11;
  int ADDRESS_MISMATCH = 12;
  int EXCESSIVE_REMOTE_PEERS = 13;

  /** The 96 bits by which a mapping is known to be the asker's own. */
  record Nonce(long high, int low) {
    /** A new one. Whoever can guess it can change the mapping: take a generator fit for secrets. */
    public static Nonce random(RandomGenerator random) {
      return new Nonce(random.nextLong(), random.nextInt());
    }

    /** 24 hexadecimal digits. */
    @Override
    public String toString() {
      return "%016x%08x".formatted(high, low);
    }
  }

  /**
   * Asks how the router is.
   *
   * @param client the address of the asker
   */
  record AnnounceRequest(InetAddress client) implements Pcp {}

  /** The router's epoch; also announced when it has forgotten its mappings. */
  record AnnounceResponse(long epoch) implements Pcp {
    public AnnounceResponse {
      Bounds.requireSeconds(epoch);
    }
  }

  /**
   * Asks for an outer port, or keeps it.
   *
   * @param lifetime 0 gives it back
   * @param client the address of the asker
   * @param suggestedPort 0 when any will do
   * @param suggestedAddress all zeros, of its family, when any will do
   */
  record MapRequest(
      long lifetime,
      InetAddress client,
      Nonce nonce,
      PortProtocol protocol,
      int internalPort,
      int suggestedPort,
      InetAddress suggestedAddress)
      implements Pcp {
    public MapRequest {
      Bounds.requireSeconds(lifetime);
      Bounds.requirePort(internalPort);
      Bounds.requirePort(suggestedPort);
    }
  }

  /**
   * There is an outer port, or with the lifetime 0 there is none any more, or the request is
   * refused.
   *
   * @param result {@link #SUCCESS} or another number up to 255
   * @param lifetime for how long it is kept from now on, or the refusal is meant
   * @param externalPort that was given, or suggested when it is refused
   */
  record MapResponse(
      int result,
      long lifetime,
      long epoch,
      Nonce nonce,
      PortProtocol protocol,
      int internalPort,
      int externalPort,
      InetAddress external)
      implements Pcp {
    public MapResponse {
      Bounds.requireResult(result, SUCCESS, 0xff);
      Bounds.requireSeconds(lifetime);
      Bounds.requireSeconds(epoch);
      Bounds.requirePort(internalPort);
      Bounds.requirePort(externalPort);
    }
  }

  /**
   * The router does not do what was asked, and does not repeat what that was.
   *
   * @param opcode of the request
   * @param result 1 to 255
   * @param lifetime for how long that is meant
   */
  record Refused(int opcode, int result, long lifetime, long epoch) implements Pcp {
    public Refused {
      Bounds.requireOpcode(opcode);
      Bounds.requireResult(result, 1, 0xff);
      Bounds.requireSeconds(lifetime);
      Bounds.requireSeconds(epoch);
    }
  }

  /**
   * The router speaks another version of PCP (RFC 6887 §9). One that speaks NAT-PMP only says so in
   * a {@link NatPmp.Refused}.
   *
   * @param opcode of the request
   * @param version 1, or 3 to 255
   */
  record OtherVersion(int opcode, int version) implements Pcp {
    public OtherVersion {
      Bounds.requireOpcode(opcode);
      if (version == VERSION || version < 1 || version > 0xff) {
        throw new IllegalArgumentException(version + " is not another version of PCP");
      }
    }
  }
}
