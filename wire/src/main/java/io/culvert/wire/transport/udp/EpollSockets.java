package io.culvert.wire.transport.udp;

import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** Ports of Linux, which share the memory for what comes in and what leaves. */
final class EpollSockets implements DatagramSockets {
  private final IoEventLoop loop;
  private final Arena arena = Arena.ofShared();
  private final LinuxCalls calls;
  private final LinuxSockets sockets;
  private final ErrorQueue errors;
  private final ReceiveBatch received;
  private final SendBatch waiting;
  private final Runnable flush;
  private final Set<EpollPort> open = Collections.newSetFromMap(new IdentityHashMap<>());

  EpollSockets(IoEventLoop loop, boolean gathers, LinuxCalls calls) {
    this.loop = loop;
    this.calls = calls;
    sockets = new LinuxSockets(calls, arena);
    errors = new ErrorQueue(calls, arena);
    received = new ReceiveBatch(calls, arena);
    waiting = new SendBatch(calls, received, arena);
    Gathering gathering = new Gathering(System.nanoTime());
    flush = gathers ? () -> flushAndRest(gathering) : waiting::flush;
  }

  private void flushAndRest(Gathering gathering) {
    waiting.flush();
    long rest = gathering.after(waiting.added(), System.nanoTime());
    if (rest > 0) {
      LockSupport.parkNanos(rest);
    }
  }

  @Override
  public DatagramPort open(
      InetSocketAddress address, DatagramOptions options, DatagramPort.Receiver receiver)
      throws IOException {
    int fd = sockets.open(address, options);
    EpollPort port;
    try {
      Endpoint local = address.getPort() == 0 ? sockets.localAddress(fd) : Endpoint.of(address);
      port = new EpollPort(this, fd, local, options.reportErrors(), receiver);
    } catch (IOException e) {
      calls.close(fd);
      throw e;
    }
    try {
      port.register();
      open.add(port);
      return port;
    } catch (IOException e) {
      port.close();
      throw e;
    }
  }

  LinuxSockets options() {
    return sockets;
  }

  ErrorQueue errors() {
    return errors;
  }

  ReceiveBatch received() {
    return received;
  }

  SendBatch waiting() {
    return waiting;
  }

  /** Has everything sent when all ports with something to read have had their turn. */
  void flushThisRound() {
    loop.execute(flush);
  }

  void closed(EpollPort port) {
    open.remove(port);
  }

  IoEventLoop loop() {
    return loop;
  }

  @Override
  public void close() {
    List.copyOf(open).forEach(EpollPort::close);
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
