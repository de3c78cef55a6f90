/** The TCP hole punch: two peers dial each other until a connection passes both NATs. */
@NullMarked
package io.culvert.traversal.tcp;

import org.jspecify.annotations.NullMarked;
