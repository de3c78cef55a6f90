/** The whole story on one machine, scene by scene: what {@code culvert demo} shows. */
@NullMarked
package io.culvert.lab.demo;

import org.jspecify.annotations.NullMarked;
