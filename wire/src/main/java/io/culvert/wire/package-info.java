@NullMarked
package io.culvert.wire;

import org.jspecify.annotations.NullMarked;
