package io.culvert.lab.demo;

import java.net.InetAddress;
import java.util.concurrent.Callable;

/** Everybody on 127.0.0.1, for systems that grant no lab. */
record LoopbackStage() implements Stage {
  @Override
  public String description() {
    return "on loopback, without NATs";
  }

  @Override
  public Set build() {
    return new Loopback();
  }

  private record Loopback() implements Set {
    @Override
    public InetAddress serverAddress() {
      return InetAddress.getLoopbackAddress();
    }

    @Override
    public <T> T onServer(Callable<T> action) throws Exception {
      return action.call();
    }

    @Override
    public <T> T onAlice(Callable<T> action) throws Exception {
      return action.call();
    }

    @Override
    public <T> T onBob(Callable<T> action) throws Exception {
      return action.call();
    }

    @Override
    public void close() {}
  }
}
