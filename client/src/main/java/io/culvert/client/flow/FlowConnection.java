package io.culvert.client.flow;

import io.culvert.client.Link;

/** What has come of a call. */
public sealed interface FlowConnection {
  /** The way to talk to the peer. It is the receiver's to close, which hangs up. */
  Link link();

  /**
   * A TCP connection: whatever is sent arrives.
   *
   * @param link of the kind {@link Link.Kind#STREAM}
   */
  record Stream(Link link) implements FlowConnection {}

  /**
   * Only datagrams get through, or the peer knows nothing else.
   *
   * @param link of the kind {@link Link.Kind#DATAGRAMS}
   * @param whyNotReliable a sentence for people
   */
  record Datagrams(Link link, String whyNotReliable) implements FlowConnection {}
}
