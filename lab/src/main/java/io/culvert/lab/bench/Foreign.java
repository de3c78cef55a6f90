package io.culvert.lab.bench;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Somebody else's server, which runs already and is left alone. */
record Foreign(InetSocketAddress address, String user, String password, long pid)
    implements Subject {
  @Override
  public void await() {}

  @Override
  public String name() {
    return "server";
  }

  @Override
  public Memory memory() throws IOException {
    return Memory.residentOf(pid);
  }

  @Override
  public void close() {}
}
