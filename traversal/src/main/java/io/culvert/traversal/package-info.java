@NullMarked
package io.culvert.traversal;

import org.jspecify.annotations.NullMarked;
