package io.culvert.lab.sim.topology;

import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.net.NatKind.Firewall;
import io.culvert.lab.net.NatKind.Mapping;
import io.culvert.lab.sim.Expiry;
import io.culvert.lab.sim.Hairpin;
import io.culvert.lab.sim.Loss;
import io.culvert.lab.sim.NatBehavior;
import io.culvert.lab.sim.Pooling;
import io.culvert.lab.sim.PortAllocation;
import io.culvert.lab.sim.Quality;
import io.culvert.lab.sim.Reordering;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Topologies by the number: what is common in life is common here, and what is rare not too rare.
 */
public final class RandomTopology {
  private static final int MAX_JUNK = 14;
  private static final long MEGABIT = 1_000_000;
  private static final int QUEUE = 64 * 1024;

  /** What IPv6 asks for, and QUIC. */
  private static final int LEAST_MTU = 1280;

  private final SplittableRandom random;

  private RandomTopology(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The one of that seed, which builds and runs with the same seed. */
  public static Topology of(long seed) {
    return new RandomTopology(seed).topology(seed);
  }

  private Topology topology(long seed) {
    Shape shape = shape();
    Quality servers = Quality.delay(millis(1, 40));
    return switch (shape) {
      case Shape.Apart _ -> new Topology(seed, shape, side(0, 2), side(0, 2), servers);
      case Shape.OverlappingLans _ -> new Topology(seed, shape, side(1, 2), side(1, 2), servers);
      case Shape.SameLan _ -> {
        Side alice = side(1, 2);
        yield new Topology(seed, shape, alice, alice.withJunk(junk()), servers);
      }
      case Shape.SameOperator _ ->
          new Topology(
              seed, shape, side(0, 1).withAddresses(1), side(0, 1).withAddresses(1), servers);
    };
  }

  private Shape shape() {
    int dice = random.nextInt(100);
    if (dice < 70) {
      return new Shape.Apart();
    } else if (dice < 78) {
      return new Shape.OverlappingLans();
    } else if (dice < 88) {
      return new Shape.SameLan();
    }
    return new Shape.SameOperator(nat(), addresses());
  }

  private Side side(int fewestNats, int mostNats) {
    int dice = random.nextInt(100);
    int nats = Math.clamp(dice < 10 ? 0 : dice < 80 ? 1 : 2, fewestNats, mostNats);
    List<NatBehavior> chain = new ArrayList<>();
    for (int i = 0; i < nats; i++) {
      chain.add(nat());
    }
    return new Side(
        chain,
        nats == 0 ? 1 : addresses(),
        nats == 0 ? openIpv6() : ipv6(),
        chance(15),
        junk(),
        access());
  }

  private NatBehavior nat() {
    Mapping mapping = mapping();
    return new NatBehavior(
        mapping,
        filtering(),
        mapping == Mapping.ENDPOINT_INDEPENDENT ? stablePorts() : changingPorts(),
        expiry(),
        hairpin(),
        chance(70) ? Pooling.PAIRED : Pooling.ARBITRARY,
        chance(80) ? NatBehavior.UNLIMITED : 1024 << random.nextInt(4),
        firewall());
  }

  private Mapping mapping() {
    int dice = random.nextInt(100);
    return dice < 70
        ? Mapping.ENDPOINT_INDEPENDENT
        : dice < 76 ? Mapping.ADDRESS_DEPENDENT : Mapping.ADDRESS_AND_PORT_DEPENDENT;
  }

  private Filtering filtering() {
    int dice = random.nextInt(100);
    return dice < 15
        ? Filtering.ENDPOINT_INDEPENDENT
        : dice < 30 ? Filtering.ADDRESS_DEPENDENT : Filtering.ADDRESS_AND_PORT_DEPENDENT;
  }

  private PortAllocation stablePorts() {
    return chance(80) ? new PortAllocation.Preserving() : changingPorts();
  }

  private PortAllocation changingPorts() {
    int dice = random.nextInt(100);
    if (dice < 45) {
      return new PortAllocation.Random();
    } else if (dice < 80) {
      return new PortAllocation.Sequential(dice < 70 ? 1 : 2);
    }
    return new PortAllocation.Block(dice < 90 ? 512 : 2048);
  }

  private Expiry expiry() {
    Expiry expiry = Expiry.after(Duration.ofSeconds(30L << random.nextInt(4)));
    expiry = chance(80) ? expiry : expiry.refreshedByOutboundOnly();
    return chance(90) ? expiry : expiry.withLifetime(Duration.ofSeconds(60));
  }

  private Hairpin hairpin() {
    int dice = random.nextInt(100);
    return dice < 50 ? Hairpin.OFF : dice < 85 ? Hairpin.EXTERNAL_SOURCE : Hairpin.INTERNAL_SOURCE;
  }

  private Firewall firewall() {
    int dice = random.nextInt(100);
    return dice < 80 ? Firewall.DROPS_UNSOLICITED : dice < 95 ? Firewall.NONE : Firewall.BLOCKS_UDP;
  }

  private int addresses() {
    return chance(85) ? 1 : 4;
  }

  private Ipv6 openIpv6() {
    return chance(60) ? Ipv6.NONE : Ipv6.OPEN;
  }

  private Ipv6 ipv6() {
    int dice = random.nextInt(100);
    return dice < 60
        ? Ipv6.NONE
        : dice < 80 ? Ipv6.FIREWALLED : dice < 88 ? Ipv6.OPEN : Ipv6.BLACKHOLED;
  }

  private int junk() {
    return chance(60) ? 0 : 1 + random.nextInt(MAX_JUNK);
  }

  private Quality access() {
    Duration delay = millis(1, 80);
    Quality quality = Quality.delay(delay).withJitter(delay.dividedBy(1 + random.nextInt(20)));
    if (chance(50)) {
      quality = quality.withLoss(loss());
    }
    if (chance(15)) {
      quality = quality.withDuplication(random.nextDouble(0.02));
    }
    if (chance(15)) {
      quality = quality.withReordering(new Reordering(random.nextDouble(0.05), millis(1, 20)));
    }
    if (chance(25)) {
      quality = quality.withRate(MEGABIT << random.nextInt(8), QUEUE);
    }
    return chance(80) ? quality : quality.withMtu(random.nextInt(LEAST_MTU, quality.mtu()));
  }

  private Loss loss() {
    double rate = random.nextDouble(0.03);
    return chance(50) ? Loss.independent(rate) : Loss.bursts(rate, 1 + random.nextDouble(4));
  }

  /** Between these, small ones as often as large ones. */
  private Duration millis(double least, double most) {
    double millis = least * Math.pow(most / least, random.nextDouble());
    return Duration.ofNanos(Math.round(millis * 1e6));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
