package io.culvert.client.quic;

import io.culvert.wire.transport.Transport;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.culvert.wire.transport.udp.DatagramOptions;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A UDP socket on the loopback address, on an event loop of its own. */
final class TestSocket implements AutoCloseable {
  private static final DatagramOptions OPTIONS =
      new DatagramOptions(false, 4 << 20, 4 << 20, false);

  private final IoEventLoop loop;
  private final DatagramLoop datagrams;
  private final DatagramPort port;
  private final List<byte[]> others = new ArrayList<>();
  private volatile @Nullable QuicTransport transport;

  TestSocket(Transport kind) throws IOException {
    loop = ((IoEventLoopGroup) kind.eventLoops(1, "quic-test")).next();
    datagrams = new DatagramLoop(loop);
    port =
        call(() ->
            datagrams.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                OPTIONS,
                new Demultiplexer()));
  }

  private final class Demultiplexer implements DatagramPort.Receiver {
    @Override
    public void received(ByteBuf buffer, int index, int length, long high, long low, int from) {
      ByteBuf datagram = buffer.slice(index, length);
      QuicTransport to = transport;
      switch (DatagramKind.of(datagram.getUnsignedByte(0), false)) {
        case QUIC -> {
          if (to != null) {
            to.received(datagram);
          }
        }
        case STUN, CHANNEL_DATA, OTHER -> {
          byte[] bytes = new byte[length];
          datagram.getBytes(0, bytes);
          synchronized (others) {
            others.add(bytes);
          }
        }
      }
    }

    @Override
    public void unreachable(Endpoint to, int type, int code, int data) {
      throw new AssertionError("not asked for");
    }
  }

  /** What has come that is not QUIC. */
  List<byte[]> others() {
    synchronized (others) {
      return List.copyOf(others);
    }
  }

  IoEventLoop loop() {
    return loop;
  }

  Endpoint address() {
    return port.localAddress();
  }

  DatagramWay wayTo(Endpoint to) {
    return new UdpWay(port, to);
  }

  DatagramPort port() {
    return port;
  }

  /** QUIC that comes in is for this one. */
  void receiver(QuicTransport receiver) {
    transport = receiver;
  }

  /** Runs it on the loop. */
  <T> T call(Callable<T> task) throws IOException {
    try {
      return loop.submit(task).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  void run(Runnable task) {
    try {
      call(() -> {
        task.run();
        return true;
      });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    run(datagrams::close);
    loop.parent().shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
