package io.culvert.lab.demo;

import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import java.net.InetAddress;
import java.util.concurrent.Callable;

/** A server on the internet, and two peers behind routers of one kind each. */
record LabStage(NatKind alice, NatKind bob) implements Stage {
  LabStage(NatKind both) {
    this(both, both);
  }

  @Override
  public String description() {
    return alice + " × " + bob;
  }

  @Override
  public Set build() {
    Lab lab = Lab.open();
    return new LabSet(lab, lab.host("server"), lab.peer("alice", alice), lab.peer("bob", bob));
  }

  private record LabSet(Lab lab, Host server, Host alice, Host bob) implements Set {
    @Override
    public InetAddress serverAddress() {
      return server.address();
    }

    @Override
    public <T> T onServer(Callable<T> action) throws Exception {
      return server.run(action);
    }

    @Override
    public <T> T onAlice(Callable<T> action) throws Exception {
      return alice.run(action);
    }

    @Override
    public <T> T onBob(Callable<T> action) throws Exception {
      return bob.run(action);
    }

    @Override
    public void close() {
      lab.close();
    }
  }
}
