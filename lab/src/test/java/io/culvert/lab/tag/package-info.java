/** The tag server and client together: through real NATs, and against whoever misbehaves. */
@NullMarked
package io.culvert.lab.tag;

import org.jspecify.annotations.NullMarked;
