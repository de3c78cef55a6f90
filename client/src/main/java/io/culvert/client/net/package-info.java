/** How the client's protocols reach their server; the one package whose public face is Netty's. */
@NullMarked
package io.culvert.client.net;

import org.jspecify.annotations.NullMarked;
