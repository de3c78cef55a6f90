@NullMarked
package io.culvert.wire.transport;

import org.jspecify.annotations.NullMarked;
