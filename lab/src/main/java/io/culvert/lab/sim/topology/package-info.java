/** Networks for two peers: chosen by a seed, and judged without running them. */
@NullMarked
package io.culvert.lab.sim.topology;

import org.jspecify.annotations.NullMarked;
