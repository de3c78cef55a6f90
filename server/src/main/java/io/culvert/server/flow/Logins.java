package io.culvert.server.flow;

import io.culvert.server.account.Accounts;
import io.culvert.server.account.LoginResult;
import io.culvert.server.account.Session;
import io.culvert.server.account.SessionResult;
import io.culvert.server.net.Counters;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.LoginResponse;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.TurnCredentials;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Login and logout, wherever they are asked for. Thread-safe. */
final class Logins {
  /** What a client is told while the database is away. */
  static final String UNAVAILABLE = "the accounts cannot be used at the moment: try again later";

  private final Accounts accounts;
  private final ServerAddresses addresses;
  private final Optional<RelayCredentials> relay;
  private final Counters<FlowCounter> counters;

  /**
   * The logins of a server.
   *
   * @param relay what lets accounts use its TURN server, if it has one
   */
  Logins(
      Accounts accounts,
      ServerAddresses addresses,
      Optional<RelayCredentials> relay,
      Counters<FlowCounter> counters) {
    this.accounts = accounts;
    this.addresses = addresses;
    this.relay = relay;
    this.counters = counters;
  }

  /** What a logout has come to. */
  sealed interface LogoutResult {
    /** The session is over. */
    record Ended(Session session) implements LogoutResult {}

    /** It is not. */
    record Failed(String description) implements LogoutResult {}
  }

  /**
   * Logs in by password, or by the head's token when there is no password.
   *
   * @param from the address of the client
   */
  CompletableFuture<LoginResult> logIn(LoginRequest request, InetAddress from) {
    CompletableFuture<LoginResult> result =
        request.password().isEmpty()
            ? accounts.session(request.head().token()).thenApply(found -> byToken(request, found))
            : accounts.login(request.account(), request.password(), from);
    return result.thenApply(this::counted);
  }

  private static LoginResult byToken(LoginRequest request, SessionResult found) {
    return switch (found) {
      case SessionResult.Live(Session session) ->
          request.account().isEmpty() || request.account().equals(session.account())
              ? new LoginResult.Accepted(session)
              : new LoginResult.Refused();
      case SessionResult.Unknown() -> new LoginResult.Refused();
      case SessionResult.Unavailable() -> new LoginResult.Unavailable();
    };
  }

  private LoginResult counted(LoginResult result) {
    counters.count(
        switch (result) {
          case LoginResult.Accepted _ -> FlowCounter.LOGGED_IN;
          case LoginResult.Refused _ -> FlowCounter.LOGIN_REFUSED;
          case LoginResult.TooManyAttempts _, LoginResult.Busy _, LoginResult.Unavailable _ ->
              FlowCounter.LOGIN_PUT_OFF;
        });
    return result;
  }

  /**
   * What the client is told.
   *
   * @param reachedAt the address at which it has reached this server
   * @param signalPort where it can be online
   */
  FlowMessage answer(
      LoginRequest request, LoginResult result, InetAddress reachedAt, int signalPort) {
    return switch (result) {
      case LoginResult.Accepted(Session session) ->
          new LoginResponse(
              request.head().withToken(session.token()),
              addresses.at(reachedAt, signalPort),
              addresses.stun(reachedAt).map(NetUtil::toSocketAddressString).orElse(""),
              session.account(),
              relayCredentials(session.account(), reachedAt));
      case LoginResult.Refused() ->
          request.failure(
              request.password().isEmpty()
                  ? "this token is not good any more: log in with your password"
                  : "account or password is wrong");
      case LoginResult.TooManyAttempts(Duration wait) ->
          request.failure("too many attempts: try again in " + seconds(wait) + " s");
      case LoginResult.Busy() ->
          request.failure("too many logins at once: try again in some seconds");
      case LoginResult.Unavailable() -> request.failure(UNAVAILABLE);
    };
  }

  /** What lets an account use the TURN server, for a client that has reached us there. */
  Optional<TurnCredentials> relayCredentials(String account, InetAddress reachedAt) {
    return addresses
        .stun(reachedAt)
        .flatMap(server -> relay.flatMap(all -> all.mint(account, server)));
  }

  /** In whole seconds, rather one too many than one too few. */
  static long seconds(Duration time) {
    return time.plusSeconds(1).minusNanos(1).toSeconds();
  }

  /** Ends the session of the head's token, if it is that of the account that asks for it. */
  CompletableFuture<LogoutResult> logOut(Logout request) {
    return accounts
        .session(request.head().token())
        .thenCompose(found ->
            switch (found) {
              case SessionResult.Live(Session session) -> end(session, request.myAccount());
              case SessionResult.Unknown() -> failed("this token is not good any more");
              case SessionResult.Unavailable() -> failed(UNAVAILABLE);
            });
  }

  private CompletableFuture<LogoutResult> end(Session session, String account) {
    if (!account.isEmpty() && !account.equals(session.account())) {
      return failed("myAccount is not the account of your token");
    }
    return accounts
        .logout(session.token())
        .thenApply(ended -> {
          if (!ended) {
            return new LogoutResult.Failed(UNAVAILABLE);
          }
          counters.count(FlowCounter.LOGGED_OUT);
          return new LogoutResult.Ended(session);
        });
  }

  private static CompletableFuture<LogoutResult> failed(String description) {
    return CompletableFuture.completedFuture(new LogoutResult.Failed(description));
  }
}
