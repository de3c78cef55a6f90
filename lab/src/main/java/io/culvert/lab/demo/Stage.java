package io.culvert.lab.demo;

import java.net.InetAddress;
import java.util.concurrent.Callable;

/** Where a scene plays: a server and two peers, each somewhere. */
interface Stage {
  /** Where the peers are, in a few words. */
  String description();

  /** Builds it. */
  Set build() throws Exception;

  /** A stage that is set. */
  interface Set extends AutoCloseable {
    InetAddress serverAddress();

    <T> T onServer(Callable<T> action) throws Exception;

    <T> T onAlice(Callable<T> action) throws Exception;

    <T> T onBob(Callable<T> action) throws Exception;

    @Override
    void close();
  }
}
