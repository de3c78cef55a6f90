package io.culvert.server.turn.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.server.turn.tcp.TcpRelay.Sockets;
import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.Transport;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process has as many files open as it may. */
@Timeout(60)
class RelayWithoutDescriptorsTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  private final EventLoopGroup loops = Transport.best().eventLoops(1, "no-descriptors-test");
  private final EventLoop loop = loops.next();
  private final BlockingQueue<PeerConnection> attempts = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void aRelayThatGetsNoSocketIsAnIoException() throws Exception {
    InetSocketAddress local = freePort();
    assertThatThrownBy(
            () -> on(() -> open(new Sockets(refused(), Sockets.of(local).connecting()), local)))
        .cause()
        .isInstanceOf(IOException.class)
        .extracting(SocketError::of)
        .isEqualTo(SocketError.TOO_MANY_FILES);
  }

  @Test
  void aConnectThatGetsNoSocketHasFailed() throws Exception {
    InetSocketAddress local = freePort();
    Endpoint peer = Endpoint.of(HERE, 9);
    CompletableFuture<String> outcome = new CompletableFuture<>();
    TcpRelay relay = on(() -> open(new Sockets(Sockets.of(local).listening(), refused()), local));

    on(() -> {
      relay.connect(
          peer,
          peer,
          new TcpRelay.Outcome() {
            @Override
            public void connected(PeerConnection connection) {
              outcome.complete("connected");
            }

            @Override
            public void failed() {
              outcome.complete("failed");
            }
          });
      return relay;
    });

    assertThat(outcome).isCompletedWithValue("failed");
    assertThat(on(() -> relay.hasConnection(peer))).isFalse();
    loop.submit(relay::close).get();
  }

  /** Level-triggered as epoll is, it would be woken up for the same one for ever. */
  @Test
  void aListenerThatCannotAcceptRestsAndThenAccepts() throws Exception {
    InetSocketAddress local = freePort();
    AtomicReference<ServerSocketChannel> made = new AtomicReference<>();
    ChannelFactory<? extends ServerSocketChannel> listening = Sockets.of(local).listening();
    Sockets sockets =
        new Sockets(
            () -> {
              made.set(listening.newChannel());
              return made.get();
            },
            Sockets.of(local).connecting());
    TcpRelay relay = on(() -> open(sockets, local));
    ServerSocketChannel listener = made.get();

    assertThat(
            on(() -> {
              listener.pipeline().fireExceptionCaught(noDescriptor());
              return listener.config().isAutoRead();
            }))
        .isFalse();
    try (Socket peer = new Socket(local.getAddress(), local.getPort())) {
      assertThat(attempts.poll(30, TimeUnit.SECONDS)).isNotNull();
      assertThat(peer.isConnected()).isTrue();
    }
    loop.submit(relay::close).get();
  }

  private <T> T on(Callable<T> task) throws Exception {
    return loop.submit(task).get();
  }

  private TcpRelay open(Sockets sockets, InetSocketAddress local) throws IOException {
    return TcpRelay.open(loop, sockets, local, new Owner(), new UnboundConnections(), 7);
  }

  private static <C extends Channel> ChannelFactory<C> refused() {
    return () -> {
      throw new ChannelException(noDescriptor());
    };
  }

  private static IOException noDescriptor() {
    return new IOException("socket(..) failed with error(-24): Too many open files");
  }

  private static InetSocketAddress freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, HERE)) {
      return new InetSocketAddress(HERE, free.getLocalPort());
    }
  }

  private final class Owner implements TcpRelay.Owner {
    @Override
    public String user() {
      return "ann";
    }

    @Override
    public Endpoint client() {
      return Endpoint.of(HERE, 1);
    }

    @Override
    public Endpoint admit(Endpoint source) {
      return source;
    }

    @Override
    public void attempted(PeerConnection connection) {
      attempts.add(connection);
    }

    @Override
    public Meter meter() {
      return bytes -> true;
    }

    @Override
    public void toPeer(int bytes) {}

    @Override
    public void toClient(int bytes) {}
  }
}
