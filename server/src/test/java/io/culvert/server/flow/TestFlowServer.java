package io.culvert.server.flow;

import io.culvert.server.account.AccountStore;
import io.culvert.server.account.Accounts;
import io.culvert.server.account.LoginResult;
import io.culvert.server.config.ServerConfig.FlowConfig;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A server on free ports of the loopback address, its accounts, and those who connect to it. */
final class TestFlowServer implements AutoCloseable {
  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  static final int STUN_PORT = 3478;

  /** For the credentials of the relay. */
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

  /** What Alice is given to use the relay. */
  static final String ALICES_TURN = turn("1700086400:alice", "bQkkJ09au//1ZGbK+3Pt69JC3qg=");

  private final AccountStore store;
  private final Accounts accounts;
  private final ServerCertificate certificate;
  private final FlowServer server;
  private final List<RawFlowClient> clients = new ArrayList<>();

  private TestFlowServer(
      Path data, int maxConnectionsPerIp, Optional<InetAddress> publicIp, List<InetAddress> listen)
      throws ServerStartException {
    StoreConfig sqlite = new StoreConfig(Optional.empty());
    store = AccountStore.open(data, sqlite, "culvert");
    accounts = Accounts.open(data, sqlite, "culvert", Duration.ofDays(1));
    certificate = ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
    server =
        FlowServer.start(
            listen,
            new FlowConfig(true, 0, 0, maxConnectionsPerIp, Duration.ofDays(1)),
            publicIp,
            Optional.of(
                new RelayServer(
                    STUN_PORT,
                    new RelayCredentials(
                        5349,
                        OptionalInt::empty,
                        List::of,
                        () -> Optional.of("secret"),
                        () -> NOW))),
            new TlsFront(certificate),
            accounts);
  }

  /** Good for a day from when the server believes it is. */
  static String turn(String username, String credential) {
    return "{'urls':['turn:127.0.0.1:3478?transport=udp','turn:127.0.0.1:3478?transport=tcp',"
        + "'turns:127.0.0.1:5349?transport=tcp'],"
        + "'username':'%s','credential':'%s','ttl':86400}".formatted(username, credential);
  }

  static TestFlowServer start(Path data) throws ServerStartException {
    return new TestFlowServer(data, 16_384, Optional.empty(), List.of(LOOPBACK));
  }

  static TestFlowServer start(Path data, int maxConnectionsPerIp) throws ServerStartException {
    return new TestFlowServer(data, maxConnectionsPerIp, Optional.empty(), List.of(LOOPBACK));
  }

  static TestFlowServer start(Path data, InetAddress publicIp) throws ServerStartException {
    return new TestFlowServer(data, 16_384, Optional.of(publicIp), List.of(LOOPBACK));
  }

  /** On all addresses of the machine. */
  static TestFlowServer startOnAllAddresses(Path data) throws ServerStartException {
    return new TestFlowServer(
        data,
        16_384,
        Optional.empty(),
        List.of(InetAddress.ofLiteral("0.0.0.0"), InetAddress.ofLiteral("::")));
  }

  /** TLS with a certificate of the server's own. */
  TlsFront tls() {
    return new TlsFront(certificate);
  }

  FlowServer server() {
    return server;
  }

  AccountStore store() {
    return store;
  }

  Accounts accounts() {
    return accounts;
  }

  int signalPort() {
    return server.signalAddress().getPort();
  }

  /** A password for everybody. */
  static String passwordOf(String account) {
    return "password of " + account;
  }

  void add(String... names) throws Exception {
    for (String name : names) {
      store.add(name, passwordOf(name));
    }
  }

  /** A new token. */
  String token(String account) {
    LoginResult result = accounts.login(account, passwordOf(account), LOOPBACK).join();
    if (result instanceof LoginResult.Accepted(var session)) {
      return session.token();
    }
    throw new AssertionError(account + ": " + result);
  }

  /** A new connection to the signal port. */
  RawFlowClient signal() throws IOException {
    return keep(RawFlowClient.to(loopback(server.signalAddress())));
  }

  /** A new connection to the account port. */
  RawFlowClient account() throws IOException {
    return keep(RawFlowClient.to(loopback(server.accountAddress())));
  }

  /** A new connection that the token's account is bound to. */
  RawFlowClient online(String token, String account) throws IOException {
    return bind(signal(), token, account);
  }

  /** Binds the token's account to a connection. */
  RawFlowClient bind(RawFlowClient client, String token, String account) throws IOException {
    client.send(0, token, "{}");
    // A heart beat has no answer; what follows has one, and comes after it.
    client.send(2, token, "{'peerAccount':'nobody','myAccount':'%s'}".formatted(account));
    client.expectFailure(32, "nobody is not online");
    return client;
  }

  long counted(FlowCounter counter) {
    return server.counters().getOrDefault(counter, -1L);
  }

  static InetSocketAddress loopback(InetSocketAddress any) {
    return new InetSocketAddress(LOOPBACK, any.getPort());
  }

  /** Closes the client with the server. */
  RawFlowClient keep(RawFlowClient client) {
    clients.add(client);
    return client;
  }

  @Override
  public void close() throws IOException {
    for (RawFlowClient client : clients) {
      client.close();
    }
    server.close();
    certificate.close();
    accounts.close();
    certificate.close();
    store.close();
  }
}
