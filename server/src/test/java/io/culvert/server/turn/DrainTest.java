package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.turn.pool.Quotas;
import io.culvert.wire.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DrainTest {
  @TempDir private static Path data;

  private final EventLoopGroup loops = Transport.best().eventLoops(1, "drain-test");

  @AfterEach
  void close() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** It may be on its way to this one. */
  @Test
  void aLoopWithoutAllocationsIsNotDrainedWhileAnotherHasOne() throws Exception {
    try (TurnOnPaper others = new TurnOnPaper();
        ServerCertificate certificate =
            ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data)) {
      Quotas quotas = others.resources.quotas();
      RelayLoop loop =
          new RelayLoop(
              (IoEventLoop) loops.next(),
              others.resources,
              new Encryption(new TlsFront(certificate), certificate),
              (exchange, now) -> false);
      assertThat(quotas.take("alice", 0)).isInstanceOf(Quotas.Granted.class);
      others.resources.drain();

      loop.eventLoop().submit(loop::tick).get();
      assertThat(loop.drained()).isNotDone();

      quotas.free("alice");
      loop.eventLoop().submit(loop::tick).get();
      assertThat(loop.drained()).isDone();
      loop.eventLoop().submit(loop::stop).get();
    }
  }
}
