@NullMarked
package io.culvert.client.portmap;

import org.jspecify.annotations.NullMarked;
