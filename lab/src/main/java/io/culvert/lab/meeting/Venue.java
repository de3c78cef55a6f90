package io.culvert.lab.meeting;

import io.culvert.client.CulvertException;
import io.culvert.client.Proxies;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.peer.Peer;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerTrust;
import io.culvert.lab.AccountServer;
import io.culvert.lab.meeting.SeparatePeer.Circumstances;
import io.culvert.lab.net.Delay;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.Stack;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A laboratory with a server on its internet, where two peers are to meet. A packet takes {@link
 * #ROUND_TRIP} there and back between any two of the three. One thread at a time.
 */
public final class Venue implements AutoCloseable {
  /** Half of it is spent on the cable of either end. */
  public static final Duration ROUND_TRIP = Duration.ofMillis(50);

  private static final Delay ON_EACH_CABLE = Delay.of(ROUND_TRIP.dividedBy(4));

  /** What relays know those by who come from the server. */
  private static final String SHARED = "turn.secrets=[\"a secret that relays share\"]";

  /** What separate peers know the server by. */
  private static final String SERVER_NAME = "server.lab";

  private final Accounts accounts;
  private final Lab lab;
  private final Host serverHost;
  private final List<Guest> guests = new ArrayList<>();
  private final List<SeparatePeer> separate = new ArrayList<>();
  private final List<AccountServer> relays = new ArrayList<>();
  private AccountServer server;

  private Venue(Accounts accounts, Lab lab, Host serverHost, AccountServer server) {
    this.accounts = accounts;
    this.lab = lab;
    this.serverHost = serverHost;
    this.server = server;
  }

  /**
   * Opens a laboratory and starts the server.
   *
   * @throws io.culvert.lab.net.LabException when there can be none here
   */
  public static Venue open(Accounts accounts) throws Exception {
    Lab lab = Lab.open();
    try {
      Host host = lab.host("server");
      host.delay(ON_EACH_CABLE);
      AccountServer server = host.run(() -> AccountServer.start(host.address(), accounts.data()));
      return new Venue(accounts, lab, host, server);
    } catch (Exception e) {
      lab.close();
      throw e;
    }
  }

  /** The laboratory, to build networks in. */
  public Lab lab() {
    return lab;
  }

  /** Where the server runs. */
  public Host serverHost() {
    return serverHost;
  }

  /** Where the server says to those who ask where it sees them. */
  public InetSocketAddress stun() {
    return new InetSocketAddress(server.address(), server.ports().stun());
  }

  /** That machine is as far away as those of alice and bob, and somebody else's. */
  public Host stranger(Host host) {
    host.delay(ON_EACH_CABLE);
    return host;
  }

  /** Stops the server, which takes its connections and its relay with it. */
  public void stopServer() {
    server.close();
  }

  /** Stops the server and starts another one, on the same ports. */
  public void restartServer() throws Exception {
    server = serverHost.run(server::again);
  }

  /** The server has an address of IPv6 as well from now on; nobody is online yet. */
  public void serverSpeaksIpv6() throws Exception {
    server.close();
    serverHost.stack(Stack.DUAL);
    server = serverHost.run(() -> AccountServer.start(serverAddresses(), accounts.data()));
  }

  /**
   * These machines relay as well as the server does itself, as far away as they are; nobody is
   * online yet.
   */
  public void relays(Host... hosts) throws Exception {
    for (Host host : hosts) {
      relays.add(
          host.run(() ->
              AccountServer.start(
                  host.address(), accounts.data(), "signal.enabled=false", SHARED)));
    }
    server.close();
    server =
        serverHost.run(
            () -> AccountServer.start(serverHost.address(), accounts.data(), SHARED, list(relays)));
  }

  /** The server does not name that relay any more to those who log in. */
  public void strikeOff(Host host) throws Exception {
    List<AccountServer> others =
        relays.stream().filter(relay -> !relay.address().equals(host.address())).toList();
    server = server.reconfigured(SHARED, list(others));
  }

  /** How many addresses that relay has given away at the moment. */
  public int allocations(Host host) {
    return relays.stream()
        .filter(relay -> relay.address().equals(host.address()))
        .mapToInt(relay -> relay.server().allocations())
        .sum();
  }

  private static String list(List<AccountServer> relays) {
    return relays.stream()
        .map(
            relay -> "turn:%s:%d".formatted(relay.address().getHostAddress(), relay.ports().stun()))
        .flatMap(relay -> Stream.of(relay, relay + "?transport=tcp"))
        .map(uri -> "\"" + uri + "\"")
        .collect(Collectors.joining(", ", "turn.uris=[", "]"));
  }

  /** From now on port 443 of the server leads to all of its services; nobody is online yet. */
  public void serverListensAt443() throws Exception {
    server.close();
    server =
        serverHost.run(
            () -> AccountServer.start(serverHost.address(), accounts.data(), "tls.port=443"));
  }

  /** Where the server listens. */
  public List<InetAddress> serverAddresses() {
    List<InetAddress> addresses = new ArrayList<>(List.of(serverHost.address()));
    serverHost.address6().ifPresent(addresses::add);
    return addresses;
  }

  /** Both go online in processes of their own, in the usual circumstances. */
  public SeparatePair separately(Host alice, Host bob) throws Exception {
    Circumstances usual = new Circumstances(serverAddresses());
    return separately(alice, usual, bob, usual);
  }

  /** Both go online in processes of their own. */
  public SeparatePair separately(
      Host aliceHost, Circumstances alices, Host bobHost, Circumstances bobs) throws Exception {
    SeparatePeer bob = startSeparately(bobHost, Accounts.BOB, bobs);
    SeparatePeer alice = startSeparately(aliceHost, Accounts.ALICE, alices);
    bob.awaitOnline();
    alice.awaitOnline();
    return new SeparatePair(alice, bob);
  }

  private SeparatePeer startSeparately(Host host, String name, Circumstances circumstances)
      throws IOException {
    host.delay(ON_EACH_CABLE);
    SeparatePeer peer =
        SeparatePeer.start(host, server.login(SERVER_NAME, name), accounts.home(), circumstances);
    separate.add(peer);
    return peer;
  }

  /** Alice's machine is that one: she goes online. */
  public Guest alice(Host host) throws Exception {
    return join(host, server.login(Accounts.ALICE));
  }

  /** What the server is known by to those who have been here before. */
  public Fingerprint fingerprint() throws ServerStartException {
    return server.fingerprint();
  }

  /**
   * Alice's machine is that one, she believes that server, and gets out by those proxies.
   *
   * @throws CulvertException when she does not go online; the message says why
   */
  public Guest alice(Host host, ServerTrust trust, Proxies proxies) throws Exception {
    FlowLogin usual = server.login(Accounts.ALICE);
    return join(
        host,
        new FlowLogin(
            usual.server(), usual.account(), usual.credential(), usual.tls(), trust, proxies));
  }

  /** Bob's machine is that one: he goes online. */
  public Guest bob(Host host) throws Exception {
    return join(host, server.login(Accounts.BOB));
  }

  /** Alice's machine reaches port 443 of the server, and no other; perhaps by a proxy. */
  public Guest aliceAt443(Host host, Proxies proxies) throws Exception {
    return join(host, server.loginAtTlsPort(Accounts.ALICE, proxies));
  }

  /** The same of bob's. */
  public Guest bobAt443(Host host, Proxies proxies) throws Exception {
    return join(host, server.loginAtTlsPort(Accounts.BOB, proxies));
  }

  private Guest join(Host host, FlowLogin login) throws Exception {
    host.delay(ON_EACH_CABLE);
    Guest guest = new Guest(host, host.run(() -> open(login)));
    guests.add(guest);
    return guest;
  }

  private Peer open(FlowLogin login) throws IOException, InterruptedException {
    return Peer.builder().login(login).directory(accounts.home()).open();
  }

  @Override
  public void close() {
    guests.forEach(guest -> guest.peer().close());
    separate.forEach(SeparatePeer::close);
    relays.forEach(AccountServer::close);
    server.close();
    lab.close();
  }
}
