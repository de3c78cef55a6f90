package io.culvert.wire.flow;

import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.ice.NatSightings;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * What one peer tells the other in a {@link Relay}, as the <em>receiver</em> sees it: {@code peer}
 * is who sends it and {@code me} who gets it.
 */
public sealed interface CallData {
  Party peer();

  Party me();

  Relay.Kind kind();

  /**
   * One end of a call.
   *
   * @param sessionId its number in this call; 0 when not known
   */
  record Party(String account, long sessionId) {
    public Party {
      if (!FlowMessage.isAccount(account)) {
        throw new IllegalArgumentException("not the name of an account");
      }
      if (sessionId < 0 || sessionId > FlowMessage.MAX_SESSION_ID) {
        throw new IllegalArgumentException("session " + sessionId);
      }
    }
  }

  /**
   * Where the sender may be reached. What it does not know is empty.
   *
   * @param inter its public address
   * @param local its address in its own network
   * @param relay its address at a TURN server
   */
  record Addresses(
      Optional<InetSocketAddress> inter,
      Optional<InetSocketAddress> local,
      Optional<InetSocketAddress> relay) {
    public static final Addresses NONE =
        new Addresses(Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * A call, its answer, or more candidates to one of them.
   *
   * @param kind {@code CALL} or {@code ANSWER}
   * @param relayServer the STUN and TURN server; in a call, since the callee has not asked for it
   * @param turn the receiver's credentials there
   */
  record Offer(
      Relay.Kind kind,
      Party peer,
      Party me,
      Addresses addresses,
      Optional<InetSocketAddress> relayServer,
      Optional<TurnCredentials> turn,
      Extensions extensions)
      implements CallData {
    public Offer {
      if (kind == Relay.Kind.END) {
        throw new IllegalArgumentException("an end offers nothing");
      }
    }
  }

  /** The call is over, or does not come about. The parties' numbers may be missing. */
  record End(Party peer, Party me, EndMode mode) implements CallData {
    @Override
    public Relay.Kind kind() {
      return Relay.Kind.END;
    }
  }

  /** Why a call ends. */
  enum EndMode {
    HANG_UP,
    BUSY,
    REFUSE
  }

  /**
   * What only a peer understands that knows of it.
   *
   * @param fingerprint of the sender's identity certificate: {@code sha-256 AB:CD:…}
   * @param trickle this adds candidates to what was said before
   * @param quic the first datagrams of the sender's QUIC, each in base64 (RFC 4648 §4): at most 8
   *     of at most 2048 characters
   */
  record Extensions(
      Optional<Ice> ice,
      Optional<TcpOffer> tcp,
      Optional<String> fingerprint,
      boolean trickle,
      List<String> quic) {
    /** The longest fingerprint, in characters. */
    public static final int MAX_FINGERPRINT_LENGTH = 255;

    /** How many datagrams of QUIC a message may carry. */
    public static final int MAX_DATAGRAMS = 8;

    /** The longest of them, in characters. */
    public static final int MAX_DATAGRAM_LENGTH = 2048;

    public static final Extensions NONE =
        new Extensions(Optional.empty(), Optional.empty(), Optional.empty(), false, List.of());

    public Extensions {
      quic = List.copyOf(quic);
      if (!areDatagrams(quic)) {
        throw new IllegalArgumentException("too many datagrams, or too long ones");
      }
      if (fingerprint.isPresent() && fingerprint.get().length() > MAX_FINGERPRINT_LENGTH) {
        throw new IllegalArgumentException("too long a fingerprint");
      }
    }

    static boolean areDatagrams(List<String> quic) {
      return quic.size() <= MAX_DATAGRAMS
          && quic.stream().allMatch(datagram -> datagram.length() <= MAX_DATAGRAM_LENGTH);
    }
  }

  /**
   * ICE, RFC 8839.
   *
   * @param ufrag 4 to 256 letters, digits, {@code +} and {@code /} (§5.4)
   * @param pwd 22 to 256 of the same
   * @param candidates candidate attributes as §5.1 writes them; at most 64 of at most 512
   *     characters
   * @param nat what has been seen of the sender's NAT, when that may help
   */
  record Ice(String ufrag, String pwd, List<String> candidates, Optional<NatSightings> nat) {
    /** How many candidates one message may carry. */
    public static final int MAX_CANDIDATES = 64;

    /** The longest candidate, in characters. */
    public static final int MAX_CANDIDATE_LENGTH = 512;

    private static final int MAX_CREDENTIAL_LENGTH = 256;

    /** Without a word about the NAT. */
    public Ice(String ufrag, String pwd, List<String> candidates) {
      this(ufrag, pwd, candidates, Optional.empty());
    }

    public Ice {
      candidates = List.copyOf(candidates);
      if (!areCredentials(ufrag, pwd) || !areCandidates(candidates)) {
        throw new IllegalArgumentException("not as RFC 8839 has it, or too much of it");
      }
    }

    static boolean areCredentials(String ufrag, String pwd) {
      return isIceText(ufrag, 4) && isIceText(pwd, 22);
    }

    static boolean areCandidates(List<String> candidates) {
      return candidates.size() <= MAX_CANDIDATES
          && candidates.stream().allMatch(c -> c.length() <= MAX_CANDIDATE_LENGTH);
    }

    private static boolean isIceText(String text, int min) {
      return text.length() >= min
          && text.length() <= MAX_CREDENTIAL_LENGTH
          && text.chars().allMatch(Ice::isIceChar);
    }

    private static boolean isIceChar(int c) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || c == '+'
          || c == '/';
    }

    /** Without the password. */
    @Override
    public String toString() {
      return "Ice[ufrag=%s, candidates=%s, nat=%s]".formatted(ufrag, candidates, nat);
    }
  }

  /**
   * The sender also punches a hole for TCP from here.
   *
   * @param key 32 characters, by which the two recognise each other on the connection
   */
  record TcpOffer(
      Optional<InetSocketAddress> inter, Optional<InetSocketAddress> local, String key) {
    /** The length of a key, in characters. */
    public static final int KEY_LENGTH = 32;

    public TcpOffer {
      if (key.length() != KEY_LENGTH) {
        throw new IllegalArgumentException("a key of " + key.length() + " characters");
      }
    }

    /** Without the key. */
    @Override
    public String toString() {
      return "TcpOffer[inter=%s, local=%s]".formatted(inter, local);
    }
  }
}
