@NullMarked
package io.culvert.client.flow;

import org.jspecify.annotations.NullMarked;
