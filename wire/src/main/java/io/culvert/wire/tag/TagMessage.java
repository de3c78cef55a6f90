package io.culvert.wire.tag;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A message of the {@code tag} protocol; the package's page shows its members. Constructors throw
 * IllegalArgumentException for what the protocol cannot carry.
 *
 * <p>{@code lan} is the sender's or, in a {@link Knock} and an {@link Answer}, the peer's address
 * in its own network, for peers that are behind the same NAT.
 */
public sealed interface TagMessage {
  /** The longest datagram, and the longest message on a TCP connection. */
  int MAX_BYTES = 1024;

  /** The longest tag, token, connection key or display name, in bytes of UTF-8. */
  int MAX_ID_BYTES = 64;

  /** What clients say to the server. */
  sealed interface ToServer extends TagMessage {
    /** The number of the request; a reply has that of what it answers. */
    long mid();
  }

  /** What the server says to clients. */
  sealed interface FromServer extends TagMessage {
    /** The number of the request; a reply has that of what it answers. */
    long mid();
  }

  /** What peers say to each other. */
  sealed interface BetweenPeers extends TagMessage {}

  /** A request that a client makes and the server may refuse. */
  enum Request {
    REGISTER,
    HEARTBEAT,
    LIST,
    DIAL
  }

  /** t 1: the client wants to be known. */
  record Register(long mid, Optional<String> name, Optional<InetSocketAddress> lan)
      implements ToServer {
    public Register {
      name.ifPresent(TagMessage::requireId);
      lan.ifPresent(TagMessage::requireAddress);
    }
  }

  /** t -1: others can dial the client by {@code tag} from now on. */
  record Registered(long mid, String tag) implements FromServer {
    public Registered {
      requireId(tag);
    }
  }

  /** t 2: the client is still there. */
  record Heartbeat(long mid, String tag) implements ToServer {
    public Heartbeat {
      requireId(tag);
    }
  }

  /** t -2: and is known as before. */
  record HeartbeatAccepted(long mid) implements FromServer {}

  /** t 3: the client, who has {@code tag}, asks who else is online. */
  record ListTags(long mid, String tag) implements ToServer {
    public ListTags {
      requireId(tag);
    }
  }

  /**
   * t -3: these are.
   *
   * @param more whether there are more of them than one datagram takes
   */
  record TagList(long mid, List<String> tags, boolean more) implements FromServer {
    public TagList {
      tags = List.copyOf(tags);
      tags.forEach(TagMessage::requireId);
    }
  }

  /** t 4, from the socket that will punch: the caller wants to meet the callee. */
  record Dial(long mid, String callerTag, String calleeTag, Optional<InetSocketAddress> lan)
      implements ToServer {
    public Dial {
      requireId(callerTag);
      requireId(calleeTag);
      lan.ifPresent(TagMessage::requireAddress);
    }
  }

  /** t -4: the callee is being asked. {@code token} stands for this dial from now on. */
  record Dialing(long mid, String token) implements FromServer {
    public Dialing {
      requireId(token);
    }
  }

  /** t -1 to -4 with another code than 200. */
  record Refused(Request request, long mid, Status status) implements FromServer {
    public Refused {
      if (status.isOk()) {
        throw new IllegalArgumentException("a refusal has another code than " + Status.OK);
      }
    }
  }

  /** t 10: somebody, who punches from {@code caller}, wants to meet the receiver. */
  record Knock(
      long mid, String token, InetSocketAddress caller, Optional<InetSocketAddress> callerLan)
      implements FromServer {
    public Knock {
      requireId(token);
      requireAddress(caller);
      callerLan.ifPresent(TagMessage::requireAddress);
    }
  }

  /**
   * t -10, from the socket that will punch: the callee agrees or not.
   *
   * @param port of that socket, for a callee that cannot send this from it
   */
  record KnockAnswer(
      long mid, String token, Status status, OptionalInt port, Optional<InetSocketAddress> lan)
      implements ToServer {
    public KnockAnswer {
      requireId(token);
      port.ifPresent(TagMessage::requirePort);
      lan.ifPresent(TagMessage::requireAddress);
    }
  }

  /**
   * t 11: what the callee has said, or the server in its place.
   *
   * @param callee where it punches from; present exactly when {@code status} is a success
   * @param calleeLan only then, too
   */
  record Answer(
      long mid,
      String token,
      Status status,
      Optional<InetSocketAddress> callee,
      Optional<InetSocketAddress> calleeLan)
      implements FromServer {
    public Answer {
      requireId(token);
      callee.ifPresent(TagMessage::requireAddress);
      calleeLan.ifPresent(TagMessage::requireAddress);
      if (callee.isPresent() != status.isOk() || (calleeLan.isPresent() && callee.isEmpty())) {
        throw new IllegalArgumentException("the callee has an address exactly when it agrees");
      }
    }
  }

  /** t -11: the caller has heard it. */
  record AnswerReceived(long mid, String token) implements ToServer {
    public AnswerReceived {
      requireId(token);
    }
  }

  /** t 30: opens the callee's NAT on its way; may be lost then. */
  record Open() implements BetweenPeers {}

  /** t 31: does this get through? */
  record Probe(long mid, String token) implements BetweenPeers {
    public Probe {
      requireId(token);
    }
  }

  /** t -31: it did; {@link Status#UNKNOWN} when it is not the token of this punch. */
  record ProbeAnswer(long mid, String token, Status status) implements BetweenPeers {
    public ProbeAnswer {
      requireId(token);
    }
  }

  /**
   * t 32, the first message on a TCP connection.
   *
   * @param op {@link #CONNECT}, or what the callee refuses as {@link Status#BAD_REQUEST}
   */
  record Connect(long mid, String token, int op) implements BetweenPeers {
    /** Use this connection. */
    public static final int CONNECT = 1;

    public Connect {
      requireId(token);
    }
  }

  /**
   * t -32; after a success the connection carries what the peers have to say.
   *
   * @param connectionKey an unguessable name of the connection; present exactly when {@code status}
   *     is a success
   */
  record ConnectAnswer(long mid, String token, Status status, Optional<String> connectionKey)
      implements BetweenPeers {
    public ConnectAnswer {
      requireId(token);
      connectionKey.ifPresent(TagMessage::requireId);
      if (connectionKey.isPresent() != status.isOk()) {
        throw new IllegalArgumentException("there is a connection key exactly on success");
      }
    }
  }

  /**
   * Returns {@code id} when it can be a tag, a token or a name.
   *
   * @throws IllegalArgumentException when it is empty, longer than 64 bytes, not Unicode text, or
   *     has control characters in it
   */
  static String requireId(String id) {
    String flaw = flawOf(id);
    if (flaw != null) {
      throw new IllegalArgumentException("an identifier must not be " + flaw);
    }
    return id;
  }

  /** What an identifier must not be, but this one is; null when it is fine. */
  static @Nullable String flawOf(String id) {
    if (id.isEmpty()) {
      return "empty";
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
      return "other than Unicode text";
    }
    if (id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      return "longer than " + MAX_ID_BYTES + " bytes";
    }
    // JSON writes six bytes for some of them: a message of the longest texts would not fit.
    return id.chars().anyMatch(Character::isISOControl) ? "with control characters" : null;
  }

  private static void requireAddress(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("tag carries IP addresses, not names as " + address);
    }
    requirePort(address.getPort());
  }

  private static void requirePort(int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is from 1 to 65535, not " + port);
    }
  }
}
