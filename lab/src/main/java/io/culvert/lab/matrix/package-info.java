/**
 * Every kind of NAT with every other: two peers behind real ones, and whether, how and how fast
 * they get together.
 */
@NullMarked
package io.culvert.lab.matrix;

import org.jspecify.annotations.NullMarked;
