package io.culvert.lab.bench;

import io.culvert.lab.load.LoadException;
import io.culvert.lab.load.LoadGenerator;
import java.io.IOException;
import java.util.List;

/** Something to measure about a server of STUN and TURN. */
public sealed interface Bench permits RelayBench, BindingBench, AllocateBench {
  /** Loads the server in several ways, one after the other. */
  List<Figure> measure(Subject server, LoadGenerator generator)
      throws BenchException, LoadException, IOException;
}
