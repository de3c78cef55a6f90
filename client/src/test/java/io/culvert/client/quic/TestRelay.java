package io.culvert.client.quic;

import io.culvert.wire.transport.Transport;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.culvert.wire.transport.udp.DatagramOptions;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Something in the middle with a port for each of two peers, and what comes in at one leaves at the
 * other.
 */
final class TestRelay implements AutoCloseable {
  private static final DatagramOptions OPTIONS =
      new DatagramOptions(false, 4 << 20, 4 << 20, false);

  private final IoEventLoop loop =
      ((IoEventLoopGroup) Transport.best().eventLoops(1, "relay-test")).next();
  private final DatagramLoop datagrams = new DatagramLoop(loop);
  private final AtomicLong bytes = new AtomicLong();
  private final Side alices;
  private final Side bobs;

  private final class Side implements DatagramPort.Receiver {
    private final Endpoint peer;
    private final DatagramPort port;
    private Side other = this;

    Side(Endpoint peer) throws Exception {
      this.peer = peer;
      this.port =
          datagrams.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), OPTIONS, this);
    }

    @Override
    public void received(ByteBuf buffer, int index, int length, long high, long low, int from) {
      bytes.addAndGet(length);
      other.port.send(buffer, index, length, other.peer);
    }

    @Override
    public void unreachable(Endpoint to, int type, int code, int data) {
      throw new AssertionError("not asked for");
    }
  }

  TestRelay(TwoPeers peers) throws Exception {
    alices = loop.submit(() -> new Side(peers.aliceSocket.address())).get();
    bobs = loop.submit(() -> new Side(peers.bobSocket.address())).get();
    alices.other = bobs;
    bobs.other = alices;
  }

  /** From now on both send through here. */
  void lead(TwoPeers peers) {
    peers.aliceSocket.run(
        () -> peers.aliceTransport.lead(peers.aliceSocket.wayTo(alices.port.localAddress())));
    peers.bobSocket.run(
        () -> peers.bobTransport.lead(peers.bobSocket.wayTo(bobs.port.localAddress())));
  }

  /** What has come through. */
  long bytes() {
    return bytes.get();
  }

  @Override
  public void close() throws Exception {
    loop.submit(datagrams::close).get();
    loop.parent().shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }
}
