package io.culvert.lab.tcppunch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.culvert.client.net.Agreed;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.PunchDriver;
import io.culvert.client.net.PunchSockets;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.tcp.PunchFailure;
import io.culvert.traversal.tcp.TcpPunch.Role;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;

@InLab
class AbandonedDialTest {
  private static final int PORT = 40_000;

  @Test
  @Execution(CONCURRENT)
  void leavesItsAddressesToTheNextEvenWhenThePeersDialHasMetItHalfWay() throws Exception {
    try (Lab lab = Lab.open()) {
      Host alice = lab.host("alice");
      Host bob = lab.host("bob");
      hearNothing(bob);
      ClientLoop loop = alice.run(() -> new ClientLoop("alice"));
      CompletableFuture<PunchFailure> failure = new CompletableFuture<>();
      loop.loop().submit(() -> punch(loop, bob, failure)).get(5, TimeUnit.SECONDS);
      try (SocketChannel _ = bob.run(() -> dial(alice))) {
        assertThat(failure.get(20, TimeUnit.SECONDS).sentence())
            .contains("(2 attempts: 2 unanswered)");
      } finally {
        loop.loop().execute(loop::close);
      }
    }
  }

  private static void punch(ClientLoop loop, Host bob, CompletableFuture<PunchFailure> failure) {
    PunchDriver driver =
        new PunchDriver(
            loop.loop(),
            new PunchSockets(loop.loop()),
            () -> {
              throw new IllegalStateException("nobody can have connected to a deaf peer");
            },
            new PunchDriver.Outcome() {
              @Override
              public void succeeded(Agreed connection) {
                throw new IllegalStateException("nobody can have connected to a deaf peer");
              }

              @Override
              public void failed(PunchFailure why) {
                failure.complete(why);
              }
            });
    Optional<InetSocketAddress> address = Optional.of(new InetSocketAddress(bob.address(), PORT));
    driver.start(Role.INVITER, PORT, "bob", new PeerAddresses(Optional.empty(), address), 1);
  }

  /** So that alice's dial is met by bob's, but never by his answer. */
  private static SocketChannel dial(Host alice) throws IOException {
    SocketChannel dial = SocketChannel.open();
    dial.configureBlocking(false);
    dial.bind(new InetSocketAddress(PORT));
    dial.connect(new InetSocketAddress(alice.address(), PORT));
    return dial;
  }

  private static void hearNothing(Host host) throws Exception {
    Process nft =
        host.start(
            "nft",
            "table ip deaf { chain arriving { type filter hook input priority filter; drop; }; }");
    if (nft.waitFor() != 0) {
      throw new IOException(new String(nft.getErrorStream().readAllBytes(), UTF_8));
    }
  }
}
