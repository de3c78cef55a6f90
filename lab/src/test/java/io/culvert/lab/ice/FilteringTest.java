package io.culvert.lab.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.ice.PeerPort;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.turn.CulvertTurnServer;
import io.culvert.traversal.nat.Filtering;
import io.culvert.wire.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What peers find out of the kernel's NATs. */
@InLab
@Timeout(60)
class FilteringTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path data;

  @Test
  void whatARouterLetsInIsFoundOut() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("server");
      String second = host.connect(lab.internet()).address().getHostAddress();
      String first = host.address().getHostAddress();
      try (CulvertTurnServer server = host.run(() -> CulvertTurnServer.start(data, first, second));
          Resident open = new Resident(lab.peer("open", NatKind.FULL_CONE));
          Resident careful = new Resident(lab.peer("careful", NatKind.ADDRESS_RESTRICTED));
          Resident strict = new Resident(lab.peer("strict", NatKind.PORT_RESTRICTED))) {
        InetSocketAddress stun = new InetSocketAddress(host.address(), server.port());
        for (Resident each : List.of(open, careful, strict)) {
          each.asks(stun);
        }
        await().atMost(SOON).until(() -> open.filtering() != Filtering.UNKNOWN);
        await().atMost(SOON).until(() -> careful.filtering() != Filtering.UNKNOWN);
        await().atMost(SOON).until(() -> strict.filtering() != Filtering.UNKNOWN);
        assertThat(List.of(open.filtering(), careful.filtering(), strict.filtering()))
            .containsExactly(
                Filtering.INDEPENDENT,
                Filtering.ADDRESS_DEPENDENT,
                Filtering.ADDRESS_AND_PORT_DEPENDENT);
      }
    }
  }

  @Test
  void aServerWithOneAddressCannotTell() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("server");
      String only = host.address().getHostAddress();
      try (CulvertTurnServer server = host.run(() -> CulvertTurnServer.start(data, only));
          Resident alice = new Resident(lab.peer("alice", NatKind.FULL_CONE))) {
        alice.asks(new InetSocketAddress(host.address(), server.port()));
        Thread.sleep(Duration.ofMillis(500));
        assertThat(alice.filtering()).isEqualTo(Filtering.UNKNOWN);
      }
    }
  }

  /** Somebody behind a router who has a port for peers. */
  private static final class Resident implements AutoCloseable {
    private final EventLoopGroup group;
    private final IoEventLoop loop;
    private final PeerPort port;

    Resident(Host host) throws Exception {
      group = Transport.best().eventLoops(1, "resident");
      loop = (IoEventLoop) group.next();
      port = host.run(() -> loop.submit(() -> new PeerPort(loop)).get());
    }

    void asks(InetSocketAddress server) throws Exception {
      loop.submit(
              () -> {
                port.open(List.of(server));
                return true;
              })
          .get();
    }

    Filtering filtering() throws Exception {
      return loop.submit(port::filtering).get();
    }

    @Override
    public void close() throws Exception {
      loop.submit(port::close).get();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
