package io.culvert.wire.transport.udp;

import io.culvert.wire.transport.Transport;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** An event loop with ports on the loopback address, and plain sockets for the other end. */
class LoopbackPorts implements AutoCloseable {
  static final DatagramOptions OPTIONS = new DatagramOptions(false, 4 << 20, 4 << 20, false);
  static final DatagramOptions REPORTING = new DatagramOptions(false, 4 << 20, 4 << 20, true);

  private final IoEventLoop loop;
  private final DatagramLoop datagrams;
  private final InetAddress address;
  private final List<DatagramChannel> sockets = new ArrayList<>();

  LoopbackPorts(Transport transport, ProtocolFamily family) throws IOException {
    loop = ((IoEventLoopGroup) transport.eventLoops(1, "ports-test")).next();
    datagrams = new DatagramLoop(loop);
    address = InetAddress.getByName(family == StandardProtocolFamily.INET ? "127.0.0.1" : "::1");
  }

  IoEventLoop loop() {
    return loop;
  }

  DatagramLoop datagrams() {
    return datagrams;
  }

  InetSocketAddress anyPort() {
    return new InetSocketAddress(address, 0);
  }

  /** Runs it on the loop and throws what it throws. */
  <T> T call(Callable<T> task) throws Exception {
    try {
      return loop.submit(task).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  DatagramPort open(DatagramOptions options, DatagramPort.Receiver receiver) throws Exception {
    return open(anyPort(), options, receiver);
  }

  DatagramPort open(InetSocketAddress at, DatagramOptions options, DatagramPort.Receiver receiver)
      throws Exception {
    return call(() -> datagrams.open(at, options, receiver));
  }

  /** A plain socket that blocks. */
  DatagramChannel socket() throws IOException {
    DatagramChannel socket =
        DatagramChannel.open(
            address instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6);
    socket.setOption(StandardSocketOptions.SO_RCVBUF, 4 << 20);
    sockets.add(socket);
    return socket.bind(anyPort());
  }

  static Endpoint endpoint(DatagramChannel socket) throws IOException {
    return Endpoint.of((InetSocketAddress) socket.getLocalAddress());
  }

  /** Waits for the next datagram. */
  static byte[] receive(DatagramChannel socket) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(0xffff);
    var _ = socket.receive(buffer);
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  /** An endpoint where nobody listens. */
  Endpoint nobody() throws IOException {
    DatagramChannel socket = socket();
    Endpoint endpoint = endpoint(socket);
    socket.close();
    return endpoint;
  }

  @Override
  public void close() throws Exception {
    call(() -> {
      datagrams.close();
      return true;
    });
    for (DatagramChannel socket : sockets) {
      socket.close();
    }
    loop.parent().shutdownGracefully();
  }
}
