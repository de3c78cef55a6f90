@NullMarked
package io.culvert.client.turn;

import org.jspecify.annotations.NullMarked;
