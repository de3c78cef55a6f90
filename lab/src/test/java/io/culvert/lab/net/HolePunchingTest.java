package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The textbook's cases come out as in the textbook. */
@InLab
class HolePunchingTest {
  @Test
  void packetsBothWaysOpenTwoPortRestrictedRouters() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"));
        Udp alice = Udp.on(lab.peer("alice", NatKind.PORT_RESTRICTED));
        Udp bob = Udp.on(lab.peer("bob", NatKind.PORT_RESTRICTED))) {
      InetSocketAddress alices = alice.mappingTowards(server);
      InetSocketAddress bobs = bob.mappingTowards(server);

      alice.send("dies at bob's router", bobs);
      bob.send("through", alices);
      assertThat(alice.receive()).isEqualTo(new Udp.Packet("through", bobs));
      alice.send("back", bobs);
      assertThat(bob.receive()).isEqualTo(new Udp.Packet("back", alices));
    }
  }

  @Test
  void aSymmetricRouterCannotBeMetByAPortRestrictedOne() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"));
        Udp alice = Udp.on(lab.peer("alice", NatKind.PORT_RESTRICTED));
        Udp bob = Udp.on(lab.peer("bob", NatKind.SYMMETRIC))) {
      InetSocketAddress alices = alice.mappingTowards(server);
      InetSocketAddress bobs = bob.mappingTowards(server);

      alice.send("to a mapping that was for the server", bobs);
      bob.send("from a mapping that alice did not contact", alices);
      assertThat(alice.receiveUntilSilence()).isEmpty();
      assertThat(bob.receiveUntilSilence()).isEmpty();
    }
  }

  @Test
  void tcpOpensSimultaneouslyThroughTwoPortRestrictedRouters() throws Exception {
    try (Lab lab = Lab.open();
        Tcp server = Tcp.on(lab.host("server"));
        Tcp alice = Tcp.on(lab.peer("alice", NatKind.PORT_RESTRICTED));
        Tcp bob = Tcp.on(lab.peer("bob", NatKind.PORT_RESTRICTED));
        Tcp.Connection alices = alice.connectTo(server);
        Tcp.Connection bobs = bob.connectTo(server)) {
      // Whichever SYN is first opens its own router and dies at the other.
      FutureTask<Socket> dial = new FutureTask<>(() -> alice.connect(bobs.mapping()));
      Thread.ofPlatform().start(dial);
      try (Socket far = bob.connect(alices.mapping());
          Socket near = dial.get(3, TimeUnit.SECONDS)) {
        near.getOutputStream().write('!');
        assertThat(far.getInputStream().read()).isEqualTo('!');
      }
    }
  }
}
