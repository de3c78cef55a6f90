package io.culvert.lab.sim.topology;

import io.culvert.lab.sim.SimSocket;
import io.culvert.lab.sim.StunServer;
import io.culvert.lab.sim.World;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What every ICE agent does, without finesse: every candidate of the other is checked again and
 * again, and so is whatever sends a check. A check is valid when its answer comes from where it
 * went to.
 */
final class PunchingPeer {
  private static final Duration PACE = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_TARGETS = 60;
  private static final int CHECK = 0x80;
  private static final int ANSWER = 0x81;

  private final World world;
  private final String name;
  private final SimSocket socket;
  private final Set<InetSocketAddress> candidates = new HashSet<>();
  private final Set<InetSocketAddress> targets = new HashSet<>();
  private final Map<Integer, InetSocketAddress> checks = new HashMap<>();
  private final Set<InetSocketAddress> valid = new HashSet<>();

  PunchingPeer(World world, Party party) {
    this.world = world;
    this.name = party.host().name();
    this.socket = party.host().bind();
    for (InetAddress address : party.host().addresses()) {
      candidates.add(new InetSocketAddress(address, socket.port()));
    }
    socket.onReceive(this::received);
  }

  /** Asks for its addresses; what is answered in time becomes a candidate. */
  void gather(StunServer... servers) {
    List<InetSocketAddress> all = new ArrayList<>();
    for (StunServer server : servers) {
      all.add(server.address());
      all.add(server.ipv6Address());
    }
    for (int i = 0; i < 15; i++) {
      world
          .simulation()
          .schedule(
              PACE.multipliedBy(i),
              () -> all.forEach(server -> socket.send(bindingRequest(), server)));
    }
  }

  void connectTo(PunchingPeer other) {
    targets.addAll(other.candidates);
    check();
    world.simulation().schedule(PACE, () -> repeat(world.now().plus(PATIENCE)));
  }

  boolean isConnected() {
    return !valid.isEmpty();
  }

  private void repeat(Instant end) {
    check();
    if (world.now().isBefore(end)) {
      world.simulation().schedule(PACE, () -> repeat(end));
    }
  }

  private void check() {
    List.copyOf(targets).forEach(this::check);
  }

  private void check(InetSocketAddress target) {
    int number = checks.size();
    checks.put(number, target);
    socket.send(packet(CHECK, number), target);
  }

  private void received(byte[] payload, InetSocketAddress from) {
    ByteBuffer packet = ByteBuffer.wrap(payload);
    int type = packet.get() & 0xff;
    if (type != CHECK && type != ANSWER) {
      mapped(payload).ifPresent(candidates::add);
      return;
    }
    int number = packet.getInt();
    int sender = packet.getInt();
    if (sender == name.hashCode()) {
      return; // one of our own, which has found an address that we have, too
    }
    if (type == CHECK) {
      socket.send(packet(ANSWER, number), from);
      if (targets.size() < MAX_TARGETS && targets.add(from)) {
        check(from);
      }
    } else if (from.equals(checks.get(number))) {
      valid.add(from);
    }
  }

  private byte[] packet(int type, int number) {
    return ByteBuffer.allocate(9).put((byte) type).putInt(number).putInt(name.hashCode()).array();
  }

  static byte[] bindingRequest() {
    ByteBuf request = Unpooled.buffer();
    StunCodec.encode(StunMessage.bindingRequest(new TransactionId(1, 1)), request);
    return ByteBufUtil.getBytes(request);
  }

  static Optional<InetSocketAddress> mapped(byte[] answer) {
    try {
      return StunCodec.decode(Unpooled.wrappedBuffer(answer))
          .first(XorMappedAddress.class)
          .map(XorMappedAddress::address);
    } catch (MalformedMessageException e) {
      throw new AssertionError("Nobody but STUN servers sends this.", e);
    }
  }
}
