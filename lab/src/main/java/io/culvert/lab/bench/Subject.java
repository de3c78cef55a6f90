package io.culvert.lab.bench;

import io.culvert.lab.load.Load;
import io.culvert.lab.load.LoadOrder;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A server that is measured, by whom it may be loaded, and what it is known to use. */
interface Subject extends AutoCloseable {
  /** Waits until it can be asked. */
  void await() throws BenchException, IOException, InterruptedException;

  /** What it is called in a report. */
  String name();

  InetSocketAddress address();

  String user();

  String password();

  /** Its process on this machine; 0 when that is not known. */
  long pid();

  /** What it uses; what is not known is 0. */
  Memory memory() throws IOException;

  /** An order that loads it. */
  default LoadOrder order(Load load) {
    return LoadOrder.to(address(), load).as(user(), password()).process(pid());
  }

  /** Ends it, if it has been started for this. */
  @Override
  void close();
}
