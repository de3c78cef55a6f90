/** The operator's HTTP port: {@code GET /health}. */
@NullMarked
package io.culvert.server.http;

import org.jspecify.annotations.NullMarked;
