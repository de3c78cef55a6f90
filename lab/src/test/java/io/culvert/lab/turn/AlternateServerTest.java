package io.culvert.lab.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.turn.Carrier;
import io.culvert.client.turn.Families;
import io.culvert.client.turn.TurnAllocation;
import io.culvert.client.turn.TurnLogin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RFC 8489 §10: a server that has no time sends its clients to another one. */
@Timeout(60)
class AlternateServerTest {
  private static final String HERE = "127.0.0.1";

  @Test
  void ourClientEndsUpAtTheServerThatItIsSentOnTo(@TempDir Path one, @TempDir Path two)
      throws Exception {
    try (CulvertTurnServer willing = CulvertTurnServer.start(one, HERE);
        CulvertTurnServer busy = CulvertTurnServer.startBefore(willing, two, HERE);
        Client client = new Client(busy.port(), CulvertTurnServer.PASSWORD)) {
      client.run();

      assertThat(client.failure).isEmpty();
      assertThat(client.allocation.server()).isEqualTo(at(willing.port()));
      assertThat(client.relayed).isPresent();
      assertThat(willing.server().allocations()).isEqualTo(1);
      assertThat(busy.server().allocations()).isZero();
    }
  }

  /** RFC 8489 §14.8: it is told only to whom the server knows. */
  @Test
  void whoHasTheWrongPasswordIsNotSentOn(@TempDir Path one, @TempDir Path two) throws Exception {
    try (CulvertTurnServer willing = CulvertTurnServer.start(one, HERE);
        CulvertTurnServer busy = CulvertTurnServer.startBefore(willing, two, HERE);
        Client client = new Client(busy.port(), "wrong")) {
      client.run();

      assertThat(client.failure).get().asString().endsWith("does not accept our credentials.");
      assertThat(client.allocation.server()).isEqualTo(at(busy.port()));
    }
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(HERE), port);
  }

  /** Our allocation on a socket; the test's thread is its event loop. */
  private static final class Client implements TurnAllocation.Observer, AutoCloseable {
    private final DatagramSocket socket = new DatagramSocket(at(0));
    private final TurnAllocation allocation;
    private Optional<InetSocketAddress> relayed = Optional.empty();
    private Optional<String> failure = Optional.empty();

    Client(int port, String password) throws IOException {
      allocation =
          new TurnAllocation(
              at(port),
              new TurnLogin(CulvertTurnServer.USER, password),
              Carrier.DATAGRAMS,
              Families.IPV4,
              new SecureRandom(),
              this);
    }

    /** Until it is allocated or refused. */
    void run() throws IOException {
      allocation.begin(Instant.now());
      DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
      while (relayed.isEmpty() && failure.isEmpty()) {
        Duration wait = Duration.between(Instant.now(), allocation.nextDeadline().orElseThrow());
        socket.setSoTimeout(Math.clamp(wait.toMillis(), 1, 1000));
        try {
          socket.receive(packet);
          allocation.heard(
              Unpooled.copiedBuffer(packet.getData(), 0, packet.getLength()), Instant.now());
        } catch (SocketTimeoutException e) {
          allocation.deadlineReached(Instant.now());
        }
      }
    }

    @Override
    public void send(byte[] datagram, InetSocketAddress server) {
      try {
        socket.send(new DatagramPacket(datagram, datagram.length, server));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void allocated(List<InetSocketAddress> at) {
      relayed = at.stream().findFirst();
    }

    @Override
    public void ended(Optional<String> why) {
      failure = why;
    }

    @Override
    public void confirmed() {
      throw new AssertionError("nobody has asked for that");
    }

    @Override
    public void silent() {
      throw new AssertionError("nobody has asked for that");
    }

    @Override
    public void permitted(InetAddress peer) {
      throw new AssertionError("nobody has asked for that");
    }

    @Override
    public void refused(InetAddress peer) {
      throw new AssertionError("nobody has asked for that");
    }

    @Override
    public void received(ByteBuf data, InetSocketAddress peer) {
      throw new AssertionError("nobody has been let in");
    }

    @Override
    public void redirected(InetSocketAddress other) {
      throw new AssertionError("datagrams go there at once");
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
