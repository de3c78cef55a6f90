package io.culvert.traversal.portmap;

import io.culvert.wire.portmap.PortProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/** What something that came from the router means to one way of asking it. */
sealed interface Reply {
  /** It can be asked for ports in this way. */
  record Present() implements Reply {}

  /** It cannot. */
  record Absent(String why) implements Reply {}

  /** It keeps that port for us, so long from now. */
  record Granted(PortProtocol protocol, InetSocketAddress external, Duration lifetime)
      implements Reply {}

  /**
   * It does not.
   *
   * @param protocol empty when it does not say for which
   * @param meantFor when to ask again at the earliest
   */
  record Refused(Optional<PortProtocol> protocol, String why, Duration meantFor) implements Reply {}

  /** We have no such port any more, as we wanted. */
  record Removed(PortProtocol protocol) implements Reply {}

  /** It has another outer address now, and our ports are there. */
  record Moved(InetAddress external) implements Reply {}

  /** It has forgotten what it kept for us. */
  record Forgotten() implements Reply {}
}
