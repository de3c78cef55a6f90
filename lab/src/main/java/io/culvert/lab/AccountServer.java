package io.culvert.lab;

import io.culvert.client.Proxies;
import io.culvert.client.ServerAddress;
import io.culvert.client.flow.Credential;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.server.CulvertServer;
import io.culvert.server.account.AccountStore;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ConfigException;
import io.culvert.server.config.ConfigReader;
import io.culvert.server.config.ServerConfig;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tls.ServerCertificate;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A server with accounts, that is to be a whole one for whoever calls and is called: flow, STUN and
 * TURN, on any free ports. One thread starts, restarts and closes it.
 *
 * @param data where its accounts and its certificate are
 * @param addresses that it listens at, the first of which users are told
 * @param settings what else its configuration says, as for {@code --set}
 */
public record AccountServer(
    CulvertServer server,
    Path data,
    List<InetAddress> addresses,
    Ports ports,
    List<String> settings)
    implements AutoCloseable {
  /** The internet of a lab is made of addresses that no relay sends to otherwise. */
  private static final String INTERNET_OF_LABS = "203.0.113.0/24";

  private static final String IPV6_OF_LABS = "2001:db8::/32";

  private static final StoreConfig IN_DATA = new StoreConfig(Optional.empty());
  private static final String REALM = "culvert";
  private static final TlsConfig OF_ITS_OWN = new TlsConfig(Optional.empty(), Optional.empty());

  /** Where it listens. */
  public record Ports(int account, int signal, int stun) {
    private static final Ports ANY = new Ports(0, 0, 0);
  }

  /**
   * Makes accounts, each of which takes the time of a password's hash, and the certificate, so that
   * several servers may start with this data at once.
   */
  public static void prepare(Path data, String... names)
      throws ServerStartException, StoreException {
    try (AccountStore accounts = AccountStore.open(data, IN_DATA, REALM)) {
      for (String name : names) {
        accounts.add(name, passwordOf(name));
      }
    }
    ServerCertificate.start(OF_ITS_OWN, data).close();
  }

  /**
   * Starts one; several may share their data.
   *
   * @throws ServerStartException when it cannot start; nothing is left running then
   */
  public static AccountServer start(InetAddress address, Path data, String... settings)
      throws ServerStartException {
    return start(List.of(address), data, Ports.ANY, List.of(settings));
  }

  /** The same at several addresses, the first of which is the one that users are told. */
  public static AccountServer start(List<InetAddress> addresses, Path data)
      throws ServerStartException {
    return start(addresses, data, Ports.ANY, List.of());
  }

  /** The one that users are told. */
  public InetAddress address() {
    return addresses.getFirst();
  }

  /** Stops it and starts another one with the same data, on the same ports. */
  public AccountServer again() throws ServerStartException {
    close();
    return start(addresses, data, ports, settings);
  }

  /**
   * Takes other settings from now on, as far as a server can while it runs.
   *
   * @throws ServerStartException when they make no sense
   */
  public AccountServer reconfigured(String... others) throws ServerStartException {
    server.reconfigure(config(addresses, data, ports, List.of(others)));
    return new AccountServer(server, data, addresses, ports, List.of(others));
  }

  /** What those know it by who have been here before. */
  public Fingerprint fingerprint() throws ServerStartException {
    try (ServerCertificate same = ServerCertificate.start(OF_ITS_OWN, data)) {
      return Fingerprint.parse(same.fingerprint());
    }
  }

  /** How somebody logs in who has never been here. */
  public FlowLogin login(String account) {
    return login(address().getHostAddress(), account);
  }

  /** The same by another name of the server. */
  public FlowLogin login(String host, String account) {
    return new FlowLogin(
        new ServerAddress(host, ports.account()),
        account,
        new Credential.Password(passwordOf(account)),
        TlsPolicy.REQUIRED,
        new ServerTrust.FirstUse());
  }

  /** How somebody logs in who reaches its TLS port only, or nothing but proxies. */
  public FlowLogin loginAtTlsPort(String account, Proxies proxies) {
    return new FlowLogin(
        new ServerAddress(address().getHostAddress(), port(server, "tls")),
        account,
        new Credential.Password(passwordOf(account)),
        TlsPolicy.REQUIRED,
        new ServerTrust.FirstUse(),
        proxies);
  }

  @Override
  public void close() {
    server.close();
  }

  private static AccountServer start(
      List<InetAddress> addresses, Path data, Ports ports, List<String> settings)
      throws ServerStartException {
    CulvertServer server = CulvertServer.start(config(addresses, data, ports, settings));
    return new AccountServer(
        server,
        data,
        addresses,
        new Ports(
            port(server, "flow account"), port(server, "flow signal"), port(server, "turn udp")),
        settings);
  }

  private static ServerConfig config(
      List<InetAddress> addresses, Path data, Ports ports, List<String> settings) {
    List<String> ips = addresses.stream().map(InetAddress::getHostAddress).toList();
    try {
      ConfigReader reader =
          new ConfigReader()
              .flag("--data", "data", data.toString())
              .flag("--listen", "listen", ips)
              .assignment("account.port=" + ports.account())
              .assignment("signal.port=" + ports.signal())
              .assignment("tcppunch.enabled=false")
              .assignment("tag.enabled=false")
              .assignment("turn.port=" + ports.stun())
              .assignment("turn.tls-port=0")
              .assignment("turn.realm=" + REALM)
              .assignment(
                  "turn.allow-peers=[\"%s\", \"%s\"]".formatted(INTERNET_OF_LABS, IPV6_OF_LABS))
              .assignment("http.listen=" + ips.getFirst())
              .assignment("http.port=0");
      for (String setting : settings) {
        reader.assignment(setting);
      }
      return reader.read();
    } catch (ConfigException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int port(CulvertServer server, String listener) {
    return server.listeners().stream()
        .filter(open -> open.name().equals(listener))
        .mapToInt(open -> open.address().getPort())
        .findAny()
        .orElse(0); // it is not enabled
  }

  /** The password of an account that {@link #prepare} has made. */
  public static String passwordOf(String account) {
    return "the password of " + account;
  }
}
