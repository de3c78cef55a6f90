package io.culvert.lab.bench;

import io.culvert.lab.load.Load;
import io.culvert.lab.load.LoadException;
import io.culvert.lab.load.LoadGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What allocations cost: those that are refused, those that come and go, those that stay.
 *
 * @param time how long each measurement takes where no count says so
 * @param strangers how many addresses ask once, 1 to {@link #MAX_STRANGERS}
 * @param allocations how many are kept, 1 to {@link #MAX_ALLOCATIONS}
 */
public record AllocateBench(Duration time, int strangers, int allocations) implements Bench {
  public static final int MAX_STRANGERS = 5_000_000;

  /** A little less than there are ports to relay from. */
  public static final int MAX_ALLOCATIONS = 16_000;

  /** So many that each rests for a second or more, for coturn remembers its port as long. */
  private static final int CYCLING_CLIENTS = 15_000;

  private static final int MEGABYTE = 1_000_000;
  private static final int TARGET_BYTES_EACH = 5 << 10;
  private static final int TARGET_MEGABYTES_KEPT = 10;

  @Override
  public List<Figure> measure(Subject server, LoadGenerator generator)
      throws BenchException, LoadException, IOException {
    OpenFiles.require(Math.max(allocations, CYCLING_CLIENTS), "clients");
    List<Figure> figures = new ArrayList<>();
    figures.addAll(refused(server, generator));
    figures.addAll(kept(server, generator));
    figures.addAll(cycles(server, generator));
    if (server.address().getAddress().isLoopbackAddress()) {
      figures.addAll(strangers(server, generator));
    }
    return figures;
  }

  private List<Figure> refused(Subject server, LoadGenerator generator)
      throws LoadException, IOException {
    Reading reading =
        Reading.take(
            "Allocate without credentials",
            server.order(Load.UNAUTHENTICATED).during(time),
            generator);
    return List.of(
        reading.rate("answers").should(Target.atLeastTimes(1.2)),
        reading.cpuEach(),
        reading.busy(),
        reading.answer());
  }

  private List<Figure> cycles(Subject server, LoadGenerator generator)
      throws LoadException, IOException {
    Reading reading =
        Reading.take(
            "allocated and given back",
            server.order(Load.CYCLES).count(CYCLING_CLIENTS).during(time),
            generator);
    return List.of(
        reading.rate("cycles").should(Target.atLeastTimes(1.2)), reading.cpuEach(), reading.busy());
  }

  private List<Figure> kept(Subject server, LoadGenerator generator)
      throws LoadException, IOException {
    Memory before = server.memory();
    Reading reading =
        Reading.take("live allocation", server.order(Load.HOLD).count(allocations), generator);
    Memory each = server.memory().minus(before).dividedBy(allocations);
    return List.of(
        reading.figure("resident", Unit.BYTES, known(before.resident(), each.resident())),
        reading
            .figure("heap and direct", Unit.BYTES, known(before.heap(), each.used()))
            .should(Target.atMost(TARGET_BYTES_EACH)));
  }

  /**
   * Last of all: what a server keeps of them would be in the way of the other measurements. They
   * stop early when that is too much for this machine.
   */
  private List<Figure> strangers(Subject server, LoadGenerator generator)
      throws LoadException, IOException {
    Memory before = server.memory();
    Reading reading =
        Reading.take(
            "Allocate by strangers", server.order(Load.SPOOFED).count(strangers), generator);
    Memory kept = server.memory().minus(before);
    double resident = known(before.resident(), kept.resident());
    double used = known(before.heap(), kept.used());
    return List.of(
        reading.figure("asked", Unit.TIMES, (double) reading.result().sent()),
        reading.lost(),
        reading.cpuEach(),
        reading.figure("resident", Unit.MEGABYTES, resident / MEGABYTE),
        reading.figure("resident each", Unit.BYTES, resident / reading.result().sent()),
        reading
            .figure("heap and direct", Unit.MEGABYTES, used / MEGABYTE)
            .should(Target.atMost(TARGET_MEGABYTES_KEPT)));
  }

  /** A growth, when it is known what it has grown from. */
  private static double known(long before, long growth) {
    return before == 0 ? Double.NaN : (double) growth;
  }
}
