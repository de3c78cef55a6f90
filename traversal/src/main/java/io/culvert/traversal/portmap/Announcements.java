package io.culvert.traversal.portmap;

import io.culvert.traversal.portmap.PortMapping.Action;
import io.culvert.wire.portmap.PortProtocol;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What peers have been told that they can use. */
final class Announcements {
  private final Map<PortProtocol, Mapping> told = new EnumMap<>(PortProtocol.class);

  /** What is to be said so that they know this. */
  List<Action> update(Map<PortProtocol, Mapping> usable) {
    List<Action> actions = new ArrayList<>();
    for (PortProtocol protocol : PortProtocol.values()) {
      Mapping before = told.get(protocol);
      Mapping after = usable.get(protocol);
      if (Objects.equals(before, after)) {
        continue;
      }
      if (before != null) {
        actions.add(new Action.Closed(before));
        told.remove(protocol);
      }
      if (after != null) {
        actions.add(new Action.Opened(after));
        told.put(protocol, after);
      }
    }
    return actions;
  }
}
