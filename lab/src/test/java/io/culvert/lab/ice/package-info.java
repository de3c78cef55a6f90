@NullMarked
package io.culvert.lab.ice;

import org.jspecify.annotations.NullMarked;
