package io.culvert.lab.bench;

import io.culvert.lab.load.Latency;
import io.culvert.lab.load.Load;
import io.culvert.lab.load.LoadException;
import io.culvert.lab.load.LoadGenerator;
import io.culvert.lab.load.LoadOrder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What it costs to relay ChannelData.
 *
 * @param sizes of the payloads, in bytes, {@link #MIN_SIZE} to {@link #MAX_SIZE}
 * @param time how long each measurement takes
 */
public record RelayBench(List<Integer> sizes, Duration time) implements Bench {
  public static final int MIN_SIZE = 16;

  /** What fits into an Ethernet frame behind the headers of IPv6, UDP and ChannelData. */
  public static final int MAX_SIZE = 1448;

  /**
   * A load that never pauses.
   *
   * @param bursts else one core that loads can do hardly more than a server, and the rate says
   *     little
   */
  private record Busy(String what, Load load, boolean bursts) {}

  private static final List<Busy> BUSY =
      List.of(
          new Busy("bursts, to the peer", Load.RELAY_TO_PEER, true),
          new Busy("bursts, to the client", Load.RELAY_TO_CLIENT, true),
          new Busy("one by one, to the peer", Load.RELAY_TO_PEER_ONE_BY_ONE, false),
          new Busy("one by one, to the client", Load.RELAY_TO_CLIENT_ONE_BY_ONE, false));

  /** From here on a packet counts as big. */
  private static final int BIG = 1000;

  @Override
  public List<Figure> measure(Subject server, LoadGenerator generator)
      throws LoadException, IOException {
    List<Figure> figures = new ArrayList<>();
    for (int size : sizes) {
      LoadOrder order = server.order(Load.RELAY_PACED).size(size).during(time);
      for (Busy busy : BUSY) {
        figures.addAll(busy(busy, order, generator));
      }
      figures.addAll(paced(size + " B, paced, both ways", order, generator));
    }
    return figures;
  }

  private static List<Figure> busy(Busy busy, LoadOrder order, LoadGenerator generator)
      throws LoadException, IOException {
    Reading reading =
        Reading.take(order.size() + " B, " + busy.what(), order.load(busy.load()), generator);
    Figure rate = reading.rate("packets");
    Target target = Target.atLeastTimes(order.size() >= BIG ? 6 : 4);
    return List.of(
        busy.bursts() ? rate.should(target) : rate,
        reading.cpuEach(),
        reading.busy(),
        reading.lost());
  }

  private static List<Figure> paced(String what, LoadOrder order, LoadGenerator generator)
      throws LoadException, IOException {
    Reading reading = Reading.take(what, order, generator);
    Latency latency = reading.result().latency();
    return List.of(
        reading.rate("packets"),
        reading.cpuEach().should(Target.atMostTimes(0.8)),
        reading.lost(),
        reading.figure("latency p50", Unit.MICROSECONDS, latency.p50()),
        reading.figure("latency p90", Unit.MICROSECONDS, latency.p90()),
        reading.figure("latency p99", Unit.MICROSECONDS, latency.p99()),
        reading.figure("latency max", Unit.MICROSECONDS, latency.max()));
  }
}
