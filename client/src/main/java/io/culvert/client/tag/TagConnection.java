package io.culvert.client.tag;

import io.culvert.client.Link;

/** What has come of a dial. */
public sealed interface TagConnection {
  /** The way to talk to the peer. It is the receiver's to close. */
  Link link();

  /**
   * A TCP connection.
   *
   * @param link of the kind {@link Link.Kind#STREAM}
   * @param key an unguessable name of the connection, which both peers know
   */
  record Tcp(Link link, String key) implements TagConnection {}

  /**
   * Only the UDP hole: TCP did not pass.
   *
   * @param link of the kind {@link Link.Kind#DATAGRAMS}
   * @param whyNotTcp a sentence for people
   */
  record Udp(Link link, String whyNotTcp) implements TagConnection {}
}
