/** What all services share at their sockets. */
@NullMarked
package io.culvert.server.net;

import org.jspecify.annotations.NullMarked;
