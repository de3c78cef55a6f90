/** TURN as other people's programs speak it: Debian's coturn, and ice4j. */
@NullMarked
package io.culvert.lab.turn;

import org.jspecify.annotations.NullMarked;
