/**
 * The server's configuration: one TOML file, flags over it. Every key is a {@link
 * io.culvert.server.config.Setting} in {@link io.culvert.server.config.Settings}, with its default
 * and its explanation, so that nothing can be read that is not documented.
 */
@NullMarked
package io.culvert.server.config;

import org.jspecify.annotations.NullMarked;
