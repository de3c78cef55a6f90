/** Ways through NATs for datagrams. */
@NullMarked
package io.culvert.traversal.udp;

import org.jspecify.annotations.NullMarked;
