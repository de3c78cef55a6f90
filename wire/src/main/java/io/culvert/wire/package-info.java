/** What every protocol's codec has in common. Each protocol lives in a package of its own. */
@NullMarked
package io.culvert.wire;

import org.jspecify.annotations.NullMarked;
