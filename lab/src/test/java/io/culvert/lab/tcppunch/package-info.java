/** The tcppunch server and client together: through real NATs, and against whoever misbehaves. */
@NullMarked
package io.culvert.lab.tcppunch;

import org.jspecify.annotations.NullMarked;
