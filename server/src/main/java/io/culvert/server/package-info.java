@NullMarked
package io.culvert.server;

import org.jspecify.annotations.NullMarked;
