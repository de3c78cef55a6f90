@NullMarked
package io.culvert.client.tcppunch;

import org.jspecify.annotations.NullMarked;
