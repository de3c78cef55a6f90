/**
 * TLS at the server's ports: which certificate it shows, how a port tells TLS from plain traffic,
 * and a port that leads to all services.
 */
@NullMarked
package io.culvert.server.tls;

import org.jspecify.annotations.NullMarked;
