package io.culvert.wire.flow;

import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.LoginResponse;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.FlowMessage.SessionStarted;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.culvert.wire.json.Json;
import tools.jackson.databind.node.ObjectNode;

/** Messages to objects. */
final class FlowWriter {
  private static final int NORMAL = 0;
  private static final int ABNORMAL = -1;

  private FlowWriter() {}

  static ObjectNode write(FlowMessage message) {
    ObjectNode body = Json.object();
    return switch (message) {
      case HeartBeat(Head head) -> message(head, SignalType.HEART_BEAT, NORMAL, body);
      case LoginRequest(Head head, String account, String password) ->
          message(
              head,
              SignalType.LOGIN,
              NORMAL,
              body.put("account", account).put("password", password));
      case LoginResponse response -> {
        Members.putAddress(body, "ssIP", "ssPort", response.signalServer());
        body.put("stunServer", response.stunServer());
        body.putObject("userInfo").put("account", response.account());
        response.turn().ifPresent(turn -> Members.putCredentials(body, "turn", turn));
        yield message(response.head(), SignalType.LOGIN_RESPONSE, NORMAL, body);
      }
      case StartSession(Head head, String peerAccount, String myAccount) ->
          message(
              head,
              SignalType.START_SESSION,
              NORMAL,
              body.put("peerAccount", peerAccount).put("myAccount", myAccount));
      case SessionStarted session ->
          message(session.head(), SignalType.SESSION_STARTED, NORMAL, body(session));
      case Relay relay -> {
        body.set("data", relay.data());
        body.put("peerAccount", relay.peerAccount()).put("myAccount", relay.myAccount());
        yield message(relay.head(), relay.answerType(), NORMAL, body);
      }
      case Logout(Head head, String myAccount) ->
          message(head, SignalType.LOGOUT, NORMAL, body.put("myAccount", myAccount));
      case LoggedOut(Head head) -> message(head, SignalType.LOGGED_OUT, NORMAL, body);
      case Replaced(Head head, String description) ->
          message(head, SignalType.LOGOUT, ABNORMAL, body.put("description", description));
      case Failure(Head head, int signalType, String description) ->
          message(head, signalType, ABNORMAL, body.put("description", description));
    };
  }

  private static ObjectNode body(SessionStarted session) {
    ObjectNode body =
        Json.object()
            .put("myAccount", session.myAccount())
            .put("peerAccount", session.peerAccount())
            .put("sessionID", session.sessionId());
    session.relay().ifPresent(relay -> Members.putAddress(body, "relayIP", "relayPort", relay));
    session.turn().ifPresent(turn -> Members.putCredentials(body, "turn", turn));
    session.peerTurn().ifPresent(turn -> Members.putCredentials(body, "peerTurn", turn));
    return body;
  }

  private static ObjectNode message(Head head, int signalType, int status, ObjectNode body) {
    ObjectNode message = Json.object();
    ObjectNode headNode =
        message
            .putObject("head")
            .put("signalType", signalType)
            .put("status", status)
            .put("sessionToken", head.token());
    head.seq().ifPresent(seq -> headNode.set("seq", seq));
    message.set("body", body);
    return message;
  }
}
