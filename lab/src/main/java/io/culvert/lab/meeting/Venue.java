package io.culvert.lab.meeting;

import io.culvert.client.peer.Peer;
import io.culvert.lab.AccountServer;
import io.culvert.lab.meeting.SeparatePeer.Circumstances;
import io.culvert.lab.net.Delay;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.Stack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A laboratory with a server on its internet, where two peers are to meet. A packet takes {@link
 * #ROUND_TRIP} there and back between any two of the three. One thread at a time.
 */
public final class Venue implements AutoCloseable {
  /** Half of it is spent on the cable of either end. */
  public static final Duration ROUND_TRIP = Duration.ofMillis(50);

  private static final Delay ON_EACH_CABLE = Delay.of(ROUND_TRIP.dividedBy(4));

  /** What separate peers know the server by. */
  private static final String SERVER_NAME = "server.lab";

  private final Accounts accounts;
  private final Lab lab;
  private final Host serverHost;
  private final List<Guest> guests = new ArrayList<>();
  private final List<SeparatePeer> separate = new ArrayList<>();
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
    return join(host, Accounts.ALICE);
  }

  /** Bob's machine is that one: he goes online. */
  public Guest bob(Host host) throws Exception {
    return join(host, Accounts.BOB);
  }

  private Guest join(Host host, String name) throws Exception {
    host.delay(ON_EACH_CABLE);
    Guest guest = new Guest(host, host.run(() -> open(name)));
    guests.add(guest);
    return guest;
  }

  private Peer open(String name) throws IOException, InterruptedException {
    return Peer.builder().login(server.login(name)).directory(accounts.home()).open();
  }

  @Override
  public void close() {
    guests.forEach(guest -> guest.peer().close());
    separate.forEach(SeparatePeer::close);
    server.close();
    lab.close();
  }
}
