package io.culvert.traversal.ice;

import java.net.InetSocketAddress;

/**
 * A way for datagrams.
 *
 * @param local from where they are sent
 * @param remote to where, as the base sees it
 */
public record CandidatePair(Base local, InetSocketAddress remote) {}
