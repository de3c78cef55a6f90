/**
 * TLS at the server's ports: which certificate it shows, and how a port tells TLS from plain
 * traffic.
 */
@NullMarked
package io.culvert.server.tls;

import org.jspecify.annotations.NullMarked;
