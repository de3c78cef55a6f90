/**
 * What the clients of all protocols have in common: the {@link io.culvert.client.Link} that they
 * end in, and the {@link io.culvert.client.CulvertException} that says why there is none.
 */
@NullMarked
package io.culvert.client;

import org.jspecify.annotations.NullMarked;
