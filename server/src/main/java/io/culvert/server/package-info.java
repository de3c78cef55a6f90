/**
 * Everything an operator runs. {@link io.culvert.server.CulvertServer} starts the services; each of
 * them lives in a package of its own.
 */
@NullMarked
package io.culvert.server;

import org.jspecify.annotations.NullMarked;
