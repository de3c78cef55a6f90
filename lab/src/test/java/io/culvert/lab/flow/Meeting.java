package io.culvert.lab.flow;

import io.culvert.client.Link;
import io.culvert.client.flow.FlowConnection;
import io.culvert.lab.AccountServer;
import io.culvert.lab.Talk;
import io.culvert.lab.flow.Person.Manner;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import java.nio.file.Path;

/** Alice and bob, each on a host of a lab, online at a server there. */
final class Meeting implements AutoCloseable {
  private final Host host;
  private final Person alice;
  private final Person bob;
  private AccountServer server;

  private Meeting(Host host, AccountServer server, Person alice, Person bob) {
    this.host = host;
    this.server = server;
    this.alice = alice;
    this.bob = bob;
  }

  /** With bob taking every call. */
  static Meeting of(Lab lab, Path data, Host alicesHost, Host bobsHost) throws Exception {
    return of(lab, data, alicesHost, bobsHost, Manner.TAKES_CALLS);
  }

  /** With a server whose configuration says more than usual. */
  static Meeting of(
      Lab lab, Path data, Host alicesHost, Host bobsHost, Manner bobs, String... settings)
      throws Exception {
    Host host = lab.host("server");
    AccountServer server = host.run(() -> AccountServer.start(host.address(), data, settings));
    return new Meeting(
        host,
        server,
        alicesHost.run(() -> Person.online(server.login("alice"), Manner.TAKES_CALLS)),
        bobsHost.run(() -> Person.online(server.login("bob"), bobs)));
  }

  Person alice() {
    return alice;
  }

  Person bob() {
    return bob;
  }

  AccountServer server() {
    return server;
  }

  /** Another server takes the place of the one that was there. */
  void restartServer() throws Exception {
    server = host.run(server::again);
  }

  /** The two ends of one call. */
  record Connected(FlowConnection alices, FlowConnection bobs) implements AutoCloseable {
    Link toBob() {
      return alices.link();
    }

    Link toAlice() {
      return bobs.link();
    }

    boolean areStreams() {
      return alices instanceof FlowConnection.Stream && bobs instanceof FlowConnection.Stream;
    }

    @Override
    public void close() {
      toBob().close();
      toAlice().close();
    }
  }

  /** Alice calls bob, who takes it, and they prove to each other that they are connected. */
  Connected connect() throws Exception {
    Connected connected = new Connected(alice.call(bob), bob.connections.next());
    Talk.works(connected.toBob(), connected.toAlice());
    return connected;
  }

  @Override
  public void close() {
    alice.close();
    bob.close();
    server.close();
  }
}
