/** JSON as strangers send it: read strictly and within bounds. */
@NullMarked
package io.culvert.wire.json;

import org.jspecify.annotations.NullMarked;
