package io.culvert.lab.ice;

import io.culvert.wire.flow.CallData.Ice;

/** How a peer learns what another one says. */
@FunctionalInterface
interface Signals {
  void hear(Ice ice);
}
