/**
 * The client of the {@code flow} protocol: log in, be online, call somebody by the name of the
 * account, be called, and talk over TCP or, where only UDP passes both NATs, in datagrams.
 *
 * <p>{@link io.culvert.client.flow.FlowClient} is where to start.
 */
@NullMarked
package io.culvert.client.flow;

import org.jspecify.annotations.NullMarked;
