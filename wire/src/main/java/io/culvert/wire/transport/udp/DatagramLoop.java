package io.culvert.wire.transport.udp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.EpollIoHandle;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * The UDP ports of one event loop. Only the loop's thread may use it: the sockets belong to the
 * network namespace which that thread is in. Once the event loop has terminated, whoever shut it
 * down may close this.
 */
public final class DatagramLoop implements AutoCloseable {
  private final IoEventLoop loop;
  private final DatagramSockets sockets;

  /** No port is open yet. Any thread may call this. */
  public DatagramLoop(IoEventLoop loop) {
    this(loop, false);
  }

  private DatagramLoop(IoEventLoop loop, boolean gathers) {
    this.loop = loop;
    this.sockets =
        loop.isCompatible(EpollIoHandle.class)
            ? new EpollSockets(loop, gathers, new LinuxCalls())
            : new NioSockets(loop);
  }

  /**
   * One that serves many: while datagrams leave often, but not so often that the loop is busy all
   * the time, it rests for 200 µs now and then, so that on Linux it wakes up once for several of
   * them. Everything on the event loop waits as long. Any thread may call this.
   */
  public static DatagramLoop gathering(IoEventLoop loop) {
    return new DatagramLoop(loop, true);
  }

  /**
   * Opens a port, which is bound when this returns. The IPv6 wildcard takes no IPv4.
   *
   * @param address with port 0, the system chooses one
   * @throws java.net.BindException if the address is in use, not this machine's or not allowed
   * @throws IOException if the system grants no socket
   */
  public DatagramPort open(
      InetSocketAddress address, DatagramOptions options, DatagramPort.Receiver receiver)
      throws IOException {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("only the event loop opens ports");
    }
    return sockets.open(address, options, receiver);
  }

  /** Closes the ports that are open and frees the memory that they share. */
  @Override
  public void close() {
    if (!loop.inEventLoop() && !loop.isTerminated()) {
      throw new IllegalStateException("only the event loop closes this");
    }
    sockets.close();
  }
}
