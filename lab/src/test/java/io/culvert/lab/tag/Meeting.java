package io.culvert.lab.tag;

import io.culvert.client.Link;
import io.culvert.client.tag.TagConnection;
import io.culvert.lab.Talk;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;

/** Alice and bob, each on a host of a lab, registered at a server there. */
record Meeting(RunningServer rendezvous, Guest alice, Guest bob) implements AutoCloseable {
  static Meeting of(Lab lab, Host alicesHost, Host bobsHost) throws Exception {
    Host server = lab.host("server");
    RunningServer rendezvous = server.run(() -> RunningServer.at(server.address()));
    return new Meeting(
        rendezvous,
        alicesHost.run(() -> Guest.registered(rendezvous.address())),
        bobsHost.run(() -> Guest.registered(rendezvous.address())));
  }

  /** The two ends of one connection. */
  record Connected(TagConnection alices, TagConnection bobs) implements AutoCloseable {
    Link toBob() {
      return alices.link();
    }

    Link toAlice() {
      return bobs.link();
    }

    @Override
    public void close() {
      toBob().close();
      toAlice().close();
    }
  }

  /** Alice dials bob, and they prove to each other that they are connected. */
  Connected connect() throws Exception {
    Connected connected = new Connected(alice.dial(bob.tag()), bob.connections.next());
    Talk.works(connected.toBob(), connected.toAlice());
    return connected;
  }

  @Override
  public void close() {
    alice.close();
    bob.close();
    rendezvous.close();
  }
}
