package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.Lookup;
import io.culvert.client.net.ServerDialer;
import io.culvert.client.net.ServerDialer.Dialed;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.LoginResponse;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.Head;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** Logs in and out, on a connection of its own each time. Confined to the event loop. */
final class Logins {
  private static final int STUN_PORT = 3478;

  private final ClientLoop loop;
  private final FlowLogin login;
  private Demand demand;

  Logins(ClientLoop loop, FlowLogin login) {
    this.loop = loop;
    this.login = login;
    this.demand = new Demand(login.tls(), login.trust());
  }

  /** The future ends with what came of it, or with a {@link CulvertException}. */
  CompletableFuture<Account> logIn(Credential credential) {
    return addresses()
        .thenCompose(addresses ->
            onConnectionTo(
                addresses,
                demand,
                (connection, dialed) ->
                    ask(connection, credential)
                        .thenCompose(answer -> account(answer, addresses, dialed))));
  }

  private CompletableFuture<List<InetSocketAddress>> addresses() {
    return Lookup.all(login.server(), loop.loop())
        .exceptionallyCompose(unknown ->
            failed(
                Reason.SERVER_UNREACHABLE,
                "The server %s cannot be reached: %s."
                    .formatted(login.server(), unknown.getMessage())));
  }

  /** The same for the end of a token. A signal server knows how to do that, whoever it is. */
  CompletableFuture<Void> logOut(Credential.Token token) {
    return logIn(token)
        .thenCompose(account ->
            onConnectionTo(
                account.signalServers(),
                Demand.onSignalServer(account.session().security()),
                (connection, dialed) ->
                    connection
                        .ask(account.token(), head -> new Logout(head, account.name()))
                        .thenCompose(answer -> loggedOut(answer, connection))));
  }

  private <T> CompletableFuture<T> onConnectionTo(
      List<InetSocketAddress> server,
      Demand howSecurely,
      BiFunction<ServerConnection, Dialed, CompletionStage<T>> talk) {
    ServerConnection connection = new ServerConnection(server, new Nobody());
    return connection
        .open(new ServerDialer(loop.loop(), login.proxies(), ApplicationProtocol.FLOW), howSecurely)
        .thenCompose(dialed ->
            talk.apply(connection, dialed).whenComplete((result, why) -> connection.close()));
  }

  private CompletableFuture<FromServer> ask(ServerConnection connection, Credential credential) {
    return switch (credential) {
      case Credential.Password(String text) ->
          connection.ask("", head -> new LoginRequest(head, login.account(), text));
      case Credential.Token(String text) ->
          connection.ask(text, head -> new LoginRequest(head, login.account(), ""));
    };
  }

  private CompletableFuture<Account> account(
      FromServer answer, List<InetSocketAddress> addresses, Dialed dialed) {
    return switch (answer) {
      case LoginResponse response when !response.head().token().isEmpty() -> {
        demand = demand.after(dialed.security());
        yield CompletableFuture.completedFuture(account(response, addresses, dialed));
      }
      case Failure failure ->
          failed(
              Reason.LOGIN_REFUSED,
              "The server %s does not let %s in: %s."
                  .formatted(login.server(), login.account(), failure.description()));
      default -> CompletableFuture.failedFuture(Why.notFlow(login.server().toString()));
    };
  }

  private Account account(
      LoginResponse response, List<InetSocketAddress> addresses, Dialed dialed) {
    InetSocketAddress server = dialed.server();
    InetAddress told = response.signalServer().getAddress();
    boolean here = told.equals(LoginResponse.HERE);
    InetSocketAddress signalServer =
        new InetSocketAddress(here ? server.getAddress() : told, response.signalServer().getPort());
    String host = here ? login.server().host() : told.getHostAddress();
    String account = response.account().isEmpty() ? login.account() : response.account();
    return new Account(
        new FlowSession(
            account,
            response.head().token(),
            new ServerAddress(host, response.signalServer().getPort()),
            dialed.security()),
        server,
        addresses.stream().filter(other -> !other.equals(server)).toList(),
        signalServer,
        stunServer(response.stunServer()),
        response.turn(),
        login);
  }

  private CompletableFuture<Optional<InetSocketAddress>> stunServer(String text) {
    ServerAddress server;
    try {
      server = ServerAddress.parse(text, STUN_PORT);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(Optional.empty()); // none, or none that is usable
    }
    return Lookup.of(server, loop.loop()).handle((address, why) -> Optional.ofNullable(address));
  }

  private static CompletableFuture<Void> loggedOut(FromServer answer, ServerConnection connection) {
    return switch (answer) {
      case LoggedOut(Head _) -> CompletableFuture.completedFuture(null);
      case Failure failure ->
          failed(
              Reason.LOGIN_REFUSED,
              "The server %s does not log this token out: %s."
                  .formatted(connection.server(), failure.description()));
      default -> CompletableFuture.failedFuture(Why.notFlow(connection.server()));
    };
  }

  private static <T> CompletableFuture<T> failed(Reason reason, String sentence) {
    return CompletableFuture.failedFuture(new CulvertException(reason, sentence));
  }

  /** Whoever asks is told in the answer. */
  private static final class Nobody implements ServerConnection.Observer {
    @Override
    public void heard(FromServer message) {}

    @Override
    public void lost(CulvertException why) {}
  }
}
