@NullMarked
package io.culvert.cli;

import org.jspecify.annotations.NullMarked;
