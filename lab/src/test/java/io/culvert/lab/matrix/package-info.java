@NullMarked
package io.culvert.lab.matrix;

import org.jspecify.annotations.NullMarked;
