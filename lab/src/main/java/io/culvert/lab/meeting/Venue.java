package io.culvert.lab.meeting;

import io.culvert.client.peer.Peer;
import io.culvert.lab.AccountServer;
import io.culvert.lab.net.Delay;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import java.io.IOException;
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

  private final Accounts accounts;
  private final Lab lab;
  private final Host serverHost;
  private final List<Guest> guests = new ArrayList<>();
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

  /** Stops the server, which takes its connections and its relay with it. */
  public void stopServer() {
    server.close();
  }

  /** Stops the server and starts another one, on the same ports. */
  public void restartServer() throws Exception {
    server = serverHost.run(server::again);
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
    server.close();
    lab.close();
  }
}
