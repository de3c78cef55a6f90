/** The HTTP port: what can be asked there, the services say. */
@NullMarked
package io.culvert.server.http;

import org.jspecify.annotations.NullMarked;
