/**
 * A port at the router in front of us that peers can reach, by PCP, NAT-PMP or UPnP IGD. Only what
 * the system uses as its default gateway is asked, and only on Linux is it known what that is.
 *
 * <p>{@link io.culvert.client.portmap.PortMapper} is the way in. For use within the library.
 */
@NullMarked
package io.culvert.client.portmap;

import org.jspecify.annotations.NullMarked;
