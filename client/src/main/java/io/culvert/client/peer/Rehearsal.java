package io.culvert.client.peer;

import io.culvert.client.quic.QuicTransports;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.IceAgent;
import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.ice.IceAgent.Event;
import io.culvert.traversal.ice.IceCredentials;
import io.culvert.traversal.ice.Priorities;
import io.culvert.traversal.ice.Role;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A first connection within the process, which goes nowhere: with the first one libraries and
 * classes are loaded, for a tenth of a second, and whoever connects is not to wait for that.
 */
final class Rehearsal {
  private static final AtomicBoolean DONE = new AtomicBoolean();

  private static final Base BASE = new Base(0, false, true);

  /** An agent, and where the other one finds it. */
  private record Player(IceAgent agent, IceCredentials credentials, InetSocketAddress address) {
    static Player of(Role role, int port, SecureRandom random) {
      IceCredentials credentials = IceCredentials.random(random);
      IceAgent agent = new IceAgent(role, credentials, random, Instant.EPOCH);
      return new Player(agent, credentials, new InetSocketAddress("192.0.2.1", port));
    }

    IceCandidate candidate() {
      return new IceCandidate(
          "host0",
          Priorities.of(CandidateType.HOST, true, 0),
          address,
          CandidateType.HOST,
          Optional.empty(),
          Optional.empty());
    }

    /** Hears of the other one and does what is due, all of which comes to that at once. */
    void play(Player other) {
      deliver(agent.on(new Event.BaseOpened(BASE), Instant.EPOCH), other);
      deliver(agent.on(new Event.PeerKnown(other.credentials), Instant.EPOCH), other);
      deliver(agent.on(new Event.PeerCandidate(other.candidate()), Instant.EPOCH), other);
    }

    private void deliver(List<Action> actions, Player other) {
      for (Action action : actions) {
        if (action instanceof Action.Send(_, byte[] datagram)) {
          other.deliver(
              other.agent.received(BASE, address, Unpooled.wrappedBuffer(datagram), Instant.EPOCH),
              this);
        }
      }
    }
  }

  private Rehearsal() {}

  /** Once in a process; takes that tenth of a second. */
  static void once(QuicTransports transports) {
    if (!DONE.getAndSet(true)) {
      transports.rehearse();
      ice();
    }
  }

  /** Two agents find each other; false if they do not. */
  static boolean ice() {
    SecureRandom random = new SecureRandom();
    Player one = Player.of(Role.CONTROLLING, 1, random);
    Player other = Player.of(Role.CONTROLLED, 2, random);
    other.play(one);
    one.play(other);
    return one.agent.selected().isPresent() && other.agent.selected().isPresent();
  }
}
