package io.culvert.server.flow;

import io.culvert.server.account.LoginResult;
import io.culvert.server.http.HttpRoute;
import io.culvert.server.http.HttpRoute.Answer;
import io.culvert.server.http.HttpRoute.Question;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.FlowCodec;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.flow.FlowMessage.FromClient;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.culvert.wire.flow.FlowMessage.Unreadable;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;

/** Login over HTTP: the JSON of a frame without its length, there and back. */
final class LoginRoute {
  private final Logins logins;
  private final ToIntFunction<Question> signalPort;

  /**
   * The route of a port.
   *
   * @param signalPort where somebody who asks there can be online
   */
  LoginRoute(Logins logins, ToIntFunction<Question> signalPort) {
    this.logins = logins;
    this.signalPort = signalPort;
  }

  HttpRoute route() {
    return new HttpRoute(HttpMethod.POST, this::answer);
  }

  private CompletableFuture<Answer> answer(Question question) {
    FromClient message;
    try {
      message = FlowCodec.readFromClient(question.body());
    } catch (MalformedMessageException e) {
      return bad(Malformed.answer(String.valueOf(e.getMessage())));
    }
    return switch (message) {
      case LoginRequest login ->
          logins.logIn(login, question.from()).thenApply(result -> answer(question, login, result));
      case HeartBeat _, Logout _, StartSession _, Relay _ ->
          bad(message.failure("here you can only log in"));
      case Unreadable unreadable -> bad(message.failure(unreadable.description()));
    };
  }

  private Answer answer(Question question, LoginRequest login, LoginResult result) {
    byte[] json =
        FlowCodec.write(
            logins.answer(
                login, result, question.reachedAt().getAddress(), signalPort.applyAsInt(question)));
    return switch (result) {
      case LoginResult.Accepted _ -> new Answer(HttpResponseStatus.OK, json);
      case LoginResult.Refused() -> new Answer(HttpResponseStatus.UNAUTHORIZED, json);
      case LoginResult.TooManyAttempts tooMany ->
          new Answer(
              HttpResponseStatus.TOO_MANY_REQUESTS,
              json,
              Map.of(
                  HttpHeaderNames.RETRY_AFTER,
                  Long.toString(Logins.seconds(tooMany.retryAfter()))));
      case LoginResult.Busy(), LoginResult.Unavailable() ->
          new Answer(HttpResponseStatus.SERVICE_UNAVAILABLE, json);
    };
  }

  private static CompletableFuture<Answer> bad(FlowMessage answer) {
    return CompletableFuture.completedFuture(
        new Answer(HttpResponseStatus.BAD_REQUEST, FlowCodec.write(answer)));
  }
}
