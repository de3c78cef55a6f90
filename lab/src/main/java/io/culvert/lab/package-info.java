/** What the scenes of the demo and the tests share. */
@NullMarked
package io.culvert.lab;

import org.jspecify.annotations.NullMarked;
