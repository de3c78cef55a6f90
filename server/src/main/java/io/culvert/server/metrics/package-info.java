/**
 * What the server tells about itself: {@link io.culvert.server.metrics.Figures} is where services
 * say what they have; {@code GET /health} shows it as JSON, {@code GET /metrics} to Prometheus.
 */
@NullMarked
package io.culvert.server.metrics;

import org.jspecify.annotations.NullMarked;
