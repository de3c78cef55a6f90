/** A port of ours at the router in front of us, by asking that for it: PCP, NAT-PMP, UPnP. */
@NullMarked
package io.culvert.traversal.portmap;

import org.jspecify.annotations.NullMarked;
