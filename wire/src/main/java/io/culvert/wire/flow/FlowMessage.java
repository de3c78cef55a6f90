package io.culvert.wire.flow;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A message of the {@code flow} protocol; the package's page shows its JSON. */
public sealed interface FlowMessage {
  /** The longest name of an account, in bytes of UTF-8. */
  int MAX_ACCOUNT_BYTES = 255;

  /** The longest password, in characters. */
  int MAX_PASSWORD_LENGTH = 1024;

  /**
   * The largest number of a session: the largest that all readers of JSON agree on (RFC 8259 §6).
   */
  long MAX_SESSION_ID = (1L << 53) - 1;

  Head head();

  /** What a server reads. */
  sealed interface FromClient {
    Head head();

    /** The signalType of the answer. */
    int answerType();

    /** The answer that it did not work. */
    default Failure failure(String description) {
      return new Failure(head().answer(), answerType(), description);
    }
  }

  /** What a client reads. */
  sealed interface FromServer {
    Head head();
  }

  /** Binds the account of the head's token to this connection, and keeps it. */
  record HeartBeat(Head head) implements FlowMessage, FromClient {
    @Override
    public int answerType() {
      return SignalType.HEART_BEAT;
    }
  }

  /**
   * Asks for a token, by name and password, or by the token in the head when there is no password.
   *
   * @param account may be empty when there is no password
   * @param password empty for a login by token
   */
  record LoginRequest(Head head, String account, String password)
      implements FlowMessage, FromClient {
    public LoginRequest {
      if (!password.isEmpty() || !account.isEmpty()) {
        requireAccount(account);
      }
      if (password.length() > MAX_PASSWORD_LENGTH) {
        throw new IllegalArgumentException(
            "a password has at most " + MAX_PASSWORD_LENGTH + " characters");
      }
    }

    @Override
    public int answerType() {
      return SignalType.LOGIN_RESPONSE;
    }

    /** Without the password. */
    @Override
    public String toString() {
      return "LoginRequest[head=%s, account=%s]".formatted(head, account);
    }
  }

  /**
   * The head carries the token.
   *
   * @param signalServer where to be online; with {@link #HERE} for an IP, on the machine that has
   *     answered
   * @param stunServer {@code host:port}; empty when there is none
   * @param account who the token stands for; empty when the server does not say
   * @param turn what lets that account use the TURN server, which is the STUN server
   */
  record LoginResponse(
      Head head,
      InetSocketAddress signalServer,
      String stunServer,
      String account,
      Optional<TurnCredentials> turn)
      implements FlowMessage, FromServer {
    /** What a server writes that does not know its own address; so does one that writes none. */
    public static final InetAddress HERE = InetAddress.ofLiteral("0.0.0.0");

    public LoginResponse {
      requireResolved(signalServer);
    }
  }

  /** Asks whether {@code peerAccount} is online, and for numbers for a call with it. */
  record StartSession(Head head, String peerAccount, String myAccount)
      implements FlowMessage, FromClient {
    public StartSession {
      requireAccount(peerAccount);
      requireAccount(myAccount);
    }

    @Override
    public int answerType() {
      return SignalType.SESSION_STARTED;
    }
  }

  /**
   * The peer is online.
   *
   * @param sessionId the caller's; the callee's is one more
   * @param relay speaks STUN and TURN; empty when there is none
   * @param turn the caller's credentials there
   * @param peerTurn the callee's, which the caller passes on
   */
  record SessionStarted(
      Head head,
      String myAccount,
      String peerAccount,
      long sessionId,
      Optional<InetSocketAddress> relay,
      Optional<TurnCredentials> turn,
      Optional<TurnCredentials> peerTurn)
      implements FlowMessage, FromServer {
    public SessionStarted {
      requireAccount(myAccount);
      requireAccount(peerAccount);
      if (sessionId < 0 || sessionId >= MAX_SESSION_ID) {
        throw new IllegalArgumentException("session " + sessionId);
      }
      relay.ifPresent(FlowMessage::requireResolved);
    }
  }

  /**
   * What {@code myAccount} tells {@code peerAccount}; from the server it comes without a token.
   *
   * @param oldForm under the old signalType, which is one for all three kinds
   * @param data a {@link CallData}, or whatever the two have agreed on; must not be changed
   */
  record Relay(
      Head head, Kind kind, boolean oldForm, String peerAccount, String myAccount, ObjectNode data)
      implements FlowMessage, FromClient, FromServer {
    /** What a signal is about. */
    public enum Kind {
      CALL(SignalType.CALL, 1024),
      ANSWER(SignalType.ANSWER, 2048),
      END(SignalType.END, 4096);

      private final int signalType;
      private final int bizType;

      Kind(int signalType, int bizType) {
        this.signalType = signalType;
        this.bizType = bizType;
      }

      int signalType() {
        return signalType;
      }

      int bizType() {
        return bizType;
      }
    }

    public Relay {
      requireAccount(peerAccount);
      requireAccount(myAccount);
    }

    /** The same as the target is to get it: in the new form, without the sender's token. */
    public Relay passedOn() {
      return new Relay(head.withToken(""), kind, false, peerAccount, myAccount, data);
    }

    @Override
    public int answerType() {
      return oldForm ? SignalType.RELAY_OLD_FORM : kind.signalType();
    }
  }

  /**
   * The head's token shall be good no longer.
   *
   * @param myAccount empty when the client does not say
   */
  record Logout(Head head, String myAccount) implements FlowMessage, FromClient {
    public Logout {
      if (!myAccount.isEmpty()) {
        requireAccount(myAccount);
      }
    }

    @Override
    public int answerType() {
      return SignalType.LOGGED_OUT;
    }
  }

  /** The token is good no longer. */
  record LoggedOut(Head head) implements FlowMessage, FromServer {}

  /** A newer connection of the same account has taken the place of this one, which is closed. */
  record Replaced(Head head, String description) implements FlowMessage, FromServer {}

  /**
   * Something did not work.
   *
   * @param signalType that of the answer there would have been; 0 when the connection is closed
   * @param description says why
   */
  record Failure(Head head, int signalType, String description)
      implements FlowMessage, FromServer {}

  /**
   * A message whose head can be read and whose rest cannot, or whose signalType is unknown.
   *
   * @param description says what is wrong
   */
  record Unreadable(Head head, int signalType, String description)
      implements FromClient, FromServer {
    @Override
    public int answerType() {
      return SignalType.answerTo(signalType);
    }
  }

  /** Whether this can be the name of an account: not empty, Unicode, and not too long. */
  static boolean isAccount(String name) {
    return !name.isEmpty()
        && name.length() <= MAX_ACCOUNT_BYTES
        && StandardCharsets.UTF_8.newEncoder().canEncode(name)
        && name.getBytes(StandardCharsets.UTF_8).length <= MAX_ACCOUNT_BYTES;
  }

  private static void requireAccount(String name) {
    if (!isAccount(name)) {
      throw new IllegalArgumentException(
          "an account's name has 1 to " + MAX_ACCOUNT_BYTES + " bytes of Unicode text");
    }
  }

  private static void requireResolved(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(address + " is no IP address");
    }
  }
}
