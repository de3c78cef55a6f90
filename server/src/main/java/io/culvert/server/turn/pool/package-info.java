/**
 * What allocations share: relay ports, quotas and bandwidth. All of it may be used by any thread;
 * none of it is asked for each packet, but for {@link io.culvert.server.turn.pool.Bandwidth.Share},
 * which belongs to one thread.
 */
@NullMarked
package io.culvert.server.turn.pool;

import org.jspecify.annotations.NullMarked;
