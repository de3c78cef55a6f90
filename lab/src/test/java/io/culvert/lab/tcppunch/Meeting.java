package io.culvert.lab.tcppunch;

import io.culvert.client.Link;
import io.culvert.lab.Talk;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;

/** Alice and bob, each on a host of a lab, online at a server there. */
record Meeting(RunningServer rendezvous, Guest alice, Guest bob) implements AutoCloseable {
  static Meeting of(Lab lab, Host alicesHost, Host bobsHost) throws Exception {
    Host server = lab.host("server");
    RunningServer rendezvous = server.run(() -> RunningServer.at(server.address()));
    return new Meeting(
        rendezvous,
        alicesHost.run(() -> Guest.online(rendezvous.address(), "alice")),
        bobsHost.run(() -> Guest.online(rendezvous.address(), "bob")));
  }

  /** The two ends of one link. */
  record Links(Link toBob, Link toAlice) implements AutoCloseable {
    @Override
    public void close() {
      toBob.close();
      toAlice.close();
    }
  }

  /** Alice invites bob, and they prove to each other that they are connected. */
  Links connect() throws Exception {
    Links links = new Links(alice.invite("bob"), bob.link());
    Talk.works(links.toBob(), links.toAlice());
    return links;
  }

  @Override
  public void close() {
    alice.close();
    bob.close();
    rendezvous.close();
  }
}
