package io.culvert.lab.sim;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Chooses the outer endpoints of a NAT's new mappings. */
final class PortPool {
  static final int FIRST = 1024;
  private static final int PORTS = 65536 - FIRST;
  private static final int RANDOM_TRIES = 32;

  /** A block of ports, the one from this port on, of this outer address. */
  private record BlockOf(InetAddress outer, int first) {}

  /** Whose blocks. */
  private record Owner(InetAddress inner, InetAddress outer) {}

  private final NatBehavior behavior;
  private final SplittableRandom random;
  private final Map<InetAddress, InetAddress> pairs = new HashMap<>();
  private final Map<Owner, List<BlockOf>> blocks = new HashMap<>();
  private final Set<BlockOf> takenBlocks = new HashSet<>();
  private List<InetAddress> outer;
  private int next;

  PortPool(NatBehavior behavior, List<InetAddress> outer, SplittableRandom random) {
    this.behavior = behavior;
    this.outer = List.copyOf(outer);
    this.random = random;
    this.next = FIRST + random.nextInt(PORTS);
  }

  List<InetAddress> outer() {
    return outer;
  }

  /** Forgets everything. */
  void reset(List<InetAddress> other) {
    outer = List.copyOf(other);
    pairs.clear();
    blocks.clear();
    takenBlocks.clear();
    next = FIRST + random.nextInt(PORTS);
  }

  /** A free endpoint for packets from there; none when all are taken. */
  Optional<InetSocketAddress> choose(InetSocketAddress inner, Predicate<InetSocketAddress> isFree) {
    InetAddress address = address(inner.getAddress());
    IntPredicate free = port -> isFree.test(new InetSocketAddress(address, port));
    OptionalInt port =
        switch (behavior.ports()) {
          case PortAllocation.Preserving _ ->
              free.test(inner.getPort())
                  ? OptionalInt.of(inner.getPort())
                  : random(FIRST, PORTS, free);
          case PortAllocation.Sequential(int delta) -> sequential(delta, free);
          case PortAllocation.Random _ -> random(FIRST, PORTS, free);
          case PortAllocation.Block(int size) ->
              ofBlock(new Owner(inner.getAddress(), address), size, free);
        };
    return port.isPresent()
        ? Optional.of(new InetSocketAddress(address, port.getAsInt()))
        : Optional.empty();
  }

  private InetAddress address(InetAddress inner) {
    return switch (behavior.pooling()) {
      case PAIRED -> pairs.computeIfAbsent(inner, _ -> anyAddress());
      case ARBITRARY -> anyAddress();
    };
  }

  private InetAddress anyAddress() {
    return outer.size() == 1 ? outer.getFirst() : outer.get(random.nextInt(outer.size()));
  }

  private OptionalInt sequential(int delta, IntPredicate free) {
    for (int tries = 0; tries < PORTS; tries++) {
      int port = next;
      next = FIRST + (next - FIRST + delta) % PORTS;
      if (free.test(port)) {
        return OptionalInt.of(port);
      }
    }
    return OptionalInt.empty();
  }

  private OptionalInt random(int first, int count, IntPredicate free) {
    for (int tries = 0; tries < RANDOM_TRIES; tries++) {
      int port = first + random.nextInt(count);
      if (free.test(port)) {
        return OptionalInt.of(port);
      }
    }
    int start = random.nextInt(count);
    return IntStream.range(0, count).map(i -> first + (start + i) % count).filter(free).findFirst();
  }

  private OptionalInt ofBlock(Owner owner, int size, IntPredicate free) {
    List<BlockOf> owned = blocks.computeIfAbsent(owner, _ -> new ArrayList<>());
    for (BlockOf block : owned) {
      OptionalInt port = random(block.first(), size, free);
      if (port.isPresent()) {
        return port;
      }
    }
    List<BlockOf> unowned =
        IntStream.range(0, PORTS / size)
            .mapToObj(i -> new BlockOf(owner.outer(), FIRST + i * size))
            .filter(block -> !takenBlocks.contains(block))
            .toList();
    if (unowned.isEmpty()) {
      return OptionalInt.empty();
    }
    BlockOf block = unowned.get(random.nextInt(unowned.size()));
    takenBlocks.add(block);
    owned.add(block);
    return random(block.first(), size, free);
  }
}
