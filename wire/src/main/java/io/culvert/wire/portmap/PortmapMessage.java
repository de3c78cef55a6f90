package io.culvert.wire.portmap;

/** A message between a host and its router; the package's page shows its bytes. */
public sealed interface PortmapMessage permits NatPmp, Pcp {
  /** Where a router listens, for UDP. */
  int SERVER_PORT = 5351;

  /** Where hosts listen to what their router announces, for UDP. */
  int CLIENT_PORT = 5350;
}
