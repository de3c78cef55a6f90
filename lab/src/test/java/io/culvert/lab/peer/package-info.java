@NullMarked
package io.culvert.lab.peer;

import org.jspecify.annotations.NullMarked;
