@NullMarked
package io.culvert.client.ice;

import org.jspecify.annotations.NullMarked;
