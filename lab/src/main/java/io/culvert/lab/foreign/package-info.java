/** Other people's ICE stacks as programs on machines of the laboratory. */
@NullMarked
package io.culvert.lab.foreign;

import org.jspecify.annotations.NullMarked;
