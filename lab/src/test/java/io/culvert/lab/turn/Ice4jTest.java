package io.culvert.lab.turn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.ice.Agent;
import org.ice4j.ice.CandidateType;
import org.ice4j.ice.Component;
import org.ice4j.ice.IceMediaStream;
import org.ice4j.ice.KeepAliveStrategy;
import org.ice4j.ice.LocalCandidate;
import org.ice4j.ice.RemoteCandidate;
import org.ice4j.ice.harvest.StunCandidateHarvester;
import org.ice4j.ice.harvest.TurnCandidateHarvester;
import org.ice4j.security.LongTermCredential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A foreign ICE stack with our STUN and TURN server. */
@InLab
@Timeout(90)
class Ice4jTest {
  private static final String STREAM = "data";
  private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(30);
  private static final Duration TO_FREE = Duration.ofSeconds(5);

  // It tells a lot; the JDK forgets what has been set of a logger that nobody holds.
  static {
    // It asks whether it runs at Amazon, and waits long for the answer.
    System.setProperty("ice4j.harvest.mapping.aws.enabled", "false");
  }

  private final Logger itsLog = Logger.getLogger("org.ice4j");

  /** One end, on its host. */
  private record End(Agent agent) implements AutoCloseable {
    static End open(boolean controlling, TransportAddress server) throws Exception {
      Agent agent = new Agent();
      agent.setControlling(controlling);
      agent.addCandidateHarvester(new StunCandidateHarvester(server));
      agent.addCandidateHarvester(
          new TurnCandidateHarvester(
              server, new LongTermCredential(CulvertTurnServer.USER, CulvertTurnServer.PASSWORD)));
      IceMediaStream stream = agent.createMediaStream(STREAM);
      agent.createComponent(stream, KeepAliveStrategy.SELECTED_ONLY, true);
      return new End(agent);
    }

    Component component() {
      return agent.getStream(STREAM).getComponents().getFirst();
    }

    /** Learns how the other one may be reached. */
    void learn(End other) {
      IceMediaStream stream = agent.getStream(STREAM);
      stream.setRemoteUfrag(other.agent.getLocalUfrag());
      stream.setRemotePassword(other.agent.getLocalPassword());
      for (LocalCandidate its : other.component().getLocalCandidates()) {
        component()
            .addRemoteCandidate(
                new RemoteCandidate(
                    its.getTransportAddress(),
                    component(),
                    its.getType(),
                    its.getFoundation(),
                    its.getPriority(),
                    null));
      }
    }

    boolean isConnected() {
      return agent.getState().isEstablished() && component().getSelectedPair() != null;
    }

    CandidateType path() {
      return component().getSelectedPair().getLocalCandidate().getType();
    }

    /** On a thread of its own: now and then it waits for itself and never ends (ice4j 3.2). */
    @Override
    public void close() throws InterruptedException {
      Thread.ofPlatform().daemon().name("ice4j-free").start(agent::free).join(TO_FREE);
    }
  }

  @Test
  void agentsBehindSymmetricNatsTalkThroughTheRelay(@TempDir Path data) throws Exception {
    itsLog.setLevel(Level.OFF);
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Host alice = lab.peer("alice", NatKind.SYMMETRIC);
      Host bob = lab.peer("bob", NatKind.SYMMETRIC);
      String ip = server.address().getHostAddress();
      try (CulvertTurnServer turn = server.run(() -> CulvertTurnServer.start(data, ip))) {
        TransportAddress address = new TransportAddress(ip, turn.port(), Transport.UDP);
        try (End caller = alice.run(() -> End.open(true, address));
            End callee = bob.run(() -> End.open(false, address))) {
          caller.learn(callee);
          callee.learn(caller);
          alice.run(() -> caller.agent().startConnectivityEstablishment());
          bob.run(() -> callee.agent().startConnectivityEstablishment());
          await()
              .atMost(CONNECTED_WITHIN)
              .until(() -> caller.isConnected() && callee.isConnected());

          assertThat(caller.component().getLocalCandidates())
              .extracting(LocalCandidate::getType)
              .contains(CandidateType.SERVER_REFLEXIVE_CANDIDATE, CandidateType.RELAYED_CANDIDATE);
          assertThat(
                  caller.path() == CandidateType.RELAYED_CANDIDATE
                      || callee.path() == CandidateType.RELAYED_CANDIDATE)
              .isTrue();
          assertThat(said(caller, callee, "Hello, bob!")).isEqualTo("Hello, bob!");
          assertThat(said(callee, caller, "Hello, alice!")).isEqualTo("Hello, alice!");
        }
      }
    }
  }

  /** What arrives of it. */
  private static String said(End from, End to, String text) throws Exception {
    byte[] bytes = text.getBytes(UTF_8);
    from.component().send(bytes, 0, bytes.length);
    DatagramSocket socket = to.component().getSocket();
    socket.setSoTimeout(10_000);
    DatagramPacket received = new DatagramPacket(new byte[1500], 1500);
    socket.receive(received);
    return new String(received.getData(), received.getOffset(), received.getLength(), UTF_8);
  }
}
