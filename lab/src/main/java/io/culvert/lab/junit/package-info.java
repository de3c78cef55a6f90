/** For tests that need a laboratory; on their class path there must be JUnit. */
@NullMarked
package io.culvert.lab.junit;

import org.jspecify.annotations.NullMarked;
