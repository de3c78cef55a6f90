@NullMarked
package io.culvert.lab;

import org.jspecify.annotations.NullMarked;
