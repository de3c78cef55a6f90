@NullMarked
package io.culvert.client.peer;

import org.jspecify.annotations.NullMarked;
