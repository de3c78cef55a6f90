package io.culvert.lab.sim.topology;

import io.culvert.lab.sim.Host;
import io.culvert.lab.sim.Interface;
import io.culvert.lab.sim.Router;
import java.util.List;

/**
 * One of two peers.
 *
 * @param uplink the interface of its host that is not junk
 * @param routers all between it and the internet, the nearest one first; some may be the other
 *     peer's, too
 */
public record Party(Host host, Interface uplink, List<Router> routers) {
  public Party {
    routers = List.copyOf(routers);
  }
}
