package io.culvert.client.net;

import io.culvert.client.Link;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;

/**
 * The first words on a link that a punch has opened, in the way of one protocol. There is one for
 * each link, used on its event loop.
 */
public interface Greeting {
  /** What the other end of the link has said. */
  interface Ear {
    /** Its name. */
    void identified(String peer);

    /** What does not belong there: this is not the peer. */
    void lost();
  }

  /** What becomes of the application's bytes on a link that was greeted in this way. */
  Link.Kind kind();

  /** Puts what it needs into the pipeline of a fresh link. */
  void begin(ChannelPipeline pipeline, Ear ear);

  /** Says who we are; from the inviter, that this is the link to use. */
  void sayWho(Channel channel);

  /** The peers agree on this link: from now on the pipeline carries the application's bytes. */
  void end(ChannelPipeline pipeline);
}
