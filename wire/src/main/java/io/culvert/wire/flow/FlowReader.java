package io.culvert.wire.flow;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromClient;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.LoginResponse;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.FlowMessage.SessionStarted;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.culvert.wire.flow.FlowMessage.Unreadable;
import io.culvert.wire.json.Json;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads one object. Only a missing head or signalType makes it malformed; whatever else is wrong
 * has its place in the conversation, as {@link Unreadable}.
 */
final class FlowReader {
  private static final int MAX_STUN_SERVER_LENGTH = 255;

  private final ObjectNode message;
  private final ObjectNode headNode;
  private final int type;
  private Head head = Head.EMPTY;

  private FlowReader(ObjectNode message, ObjectNode headNode, int type) {
    this.message = message;
    this.headNode = headNode;
    this.type = type;
  }

  static FromClient fromClient(ObjectNode message) throws MalformedMessageException {
    FlowReader reader = of(message);
    try {
      reader.readHead();
      return reader.request();
    } catch (MalformedMessageException e) {
      return new Unreadable(reader.head, reader.type, reason(e));
    }
  }

  static FromServer fromServer(ObjectNode message) throws MalformedMessageException {
    // Some servers leave the head out of this one answer.
    FlowReader reader =
        isHeadlessSession(message)
            ? new FlowReader(message, Json.object(), SignalType.SESSION_STARTED)
            : of(message);
    try {
      int status = reader.readHead();
      return status == 0 ? reader.answer() : reader.failure();
    } catch (MalformedMessageException e) {
      return new Unreadable(reader.head, reader.type, reason(e));
    }
  }

  private static FlowReader of(ObjectNode message) throws MalformedMessageException {
    ObjectNode head =
        Json.object(message, "head")
            .orElseThrow(() -> new MalformedMessageException("head is missing"));
    long type =
        Json.integer(head, "signalType", Integer.MIN_VALUE, Integer.MAX_VALUE)
            .orElseThrow(() -> new MalformedMessageException("signalType is missing"));
    return new FlowReader(message, head, (int) type);
  }

  private static boolean isHeadlessSession(ObjectNode message) throws MalformedMessageException {
    Optional<ObjectNode> body = Json.object(message, "body");
    return Json.object(message, "head").isEmpty()
        && body.isPresent()
        && body.get().has("sessionID");
  }

  /** Reads as much of the head as can be read, and returns the status. */
  private int readHead() throws MalformedMessageException {
    Optional<JsonNode> seq = Optional.ofNullable(headNode.get("seq")).filter(n -> !n.isNull());
    if (seq.isPresent() && !Head.isSeq(seq.get())) {
      throw new MalformedMessageException("seq is neither an integer nor a short text");
    }
    head = new Head("", seq);
    head = head.withToken(Members.textOrEmpty(headNode, "sessionToken", Head.MAX_TOKEN_LENGTH));
    return (int) Json.integer(headNode, "status", -1, 0).orElse(0);
  }

  private FromClient request() throws MalformedMessageException {
    ObjectNode body = body();
    return switch (type) {
      case SignalType.HEART_BEAT -> new HeartBeat(head);
      case SignalType.LOGIN -> login(body);
      case SignalType.START_SESSION ->
          new StartSession(
              head, Members.account(body, "peerAccount"), Members.account(body, "myAccount"));
      case SignalType.LOGOUT -> new Logout(head, Members.accountOrEmpty(body, "myAccount"));
      case SignalType.RELAY_OLD_FORM, SignalType.CALL, SignalType.ANSWER, SignalType.END ->
          relay(body);
      default -> throw new MalformedMessageException("unknown signalType " + type);
    };
  }

  private LoginRequest login(ObjectNode body) throws MalformedMessageException {
    String password = Members.textOrEmpty(body, "password", FlowMessage.MAX_PASSWORD_LENGTH);
    if (password.isEmpty() && head.token().isEmpty()) {
      throw new MalformedMessageException("password is missing");
    }
    String account =
        password.isEmpty()
            ? Members.accountOrEmpty(body, "account")
            : Members.account(body, "account");
    return new LoginRequest(head, account, password);
  }

  private FromServer answer() throws MalformedMessageException {
    ObjectNode body = body();
    return switch (type) {
      case SignalType.LOGIN_RESPONSE ->
          new LoginResponse(
              head,
              signalServer(body),
              Members.textOrEmpty(body, "stunServer", MAX_STUN_SERVER_LENGTH),
              Members.accountOrEmpty(
                  Json.object(body, "userInfo").orElseGet(Json::object), "account"),
              Members.credentials(body, "turn"));
      case SignalType.SESSION_STARTED -> sessionStarted(body);
      case SignalType.RELAY_OLD_FORM, SignalType.CALL, SignalType.ANSWER, SignalType.END ->
          relay(body);
      case SignalType.LOGGED_OUT -> new LoggedOut(head);
      default -> throw new MalformedMessageException("unknown signalType " + type);
    };
  }

  private static InetSocketAddress signalServer(ObjectNode body) throws MalformedMessageException {
    Optional<InetSocketAddress> address = Members.address(body, "ssIP", "ssPort");
    if (address.isPresent()) {
      return address.get();
    }
    int port = (int) Json.integer(body, "ssPort", 0, 65_535).orElse(0);
    if (port == 0) {
      throw new MalformedMessageException("ssPort is missing");
    }
    return new InetSocketAddress(LoginResponse.HERE, port);
  }

  private FromServer failure() throws MalformedMessageException {
    String description = Json.text(body(), "description").orElse("");
    return type == SignalType.LOGOUT
        ? new Replaced(head, description)
        : new Failure(head, type, description);
  }

  private SessionStarted sessionStarted(ObjectNode body) throws MalformedMessageException {
    return new SessionStarted(
        head,
        Members.account(body, "myAccount"),
        Members.account(body, "peerAccount"),
        Json.integer(body, "sessionID", 0, FlowMessage.MAX_SESSION_ID - 1)
            .orElseThrow(() -> new MalformedMessageException("sessionID is missing")),
        Members.address(body, "relayIP", "relayPort"),
        Members.credentials(body, "turn"),
        Members.credentials(body, "peerTurn"));
  }

  private Relay relay(ObjectNode body) throws MalformedMessageException {
    Optional<ObjectNode> member = Json.object(body, "data");
    if (member.isEmpty()) {
      member = Json.object(body, "nego");
    }
    ObjectNode data = member.orElseThrow(() -> new MalformedMessageException("data is missing"));
    return new Relay(
        head,
        kindOf(data),
        type == SignalType.RELAY_OLD_FORM,
        Members.account(body, "peerAccount"),
        Members.account(body, "myAccount"),
        data);
  }

  private Relay.Kind kindOf(ObjectNode data) throws MalformedMessageException {
    boolean oldForm = type == SignalType.RELAY_OLD_FORM;
    long bizType = oldForm ? Json.integer(data, "bizType", 0, Integer.MAX_VALUE).orElse(-1) : -1;
    for (Relay.Kind kind : Relay.Kind.values()) {
      if (oldForm ? kind.bizType() == bizType : kind.signalType() == type) {
        return kind;
      }
    }
    throw new MalformedMessageException("bizType is none of 1024, 2048 and 4096");
  }

  private ObjectNode body() throws MalformedMessageException {
    return Json.object(message, "body").orElseGet(Json::object);
  }

  private static String reason(MalformedMessageException e) {
    return Objects.requireNonNull(e.getMessage());
  }
}
