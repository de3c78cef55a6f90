package io.culvert.traversal.portmap;

import io.culvert.wire.portmap.PortProtocol;
import java.net.InetSocketAddress;

/**
 * A port of ours at the router.
 *
 * @param external what is sent there comes to us
 */
public record Mapping(Means by, PortProtocol protocol, InetSocketAddress external) {}
