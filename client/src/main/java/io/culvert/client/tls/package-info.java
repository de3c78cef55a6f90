/**
 * Whom a client believes to be its server: certificates that authorities vouch for, that are known
 * by their fingerprint, or that are seen for the first time.
 */
@NullMarked
package io.culvert.client.tls;

import org.jspecify.annotations.NullMarked;
