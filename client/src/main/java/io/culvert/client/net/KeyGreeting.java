package io.culvert.client.net;

import io.culvert.client.Link.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Each end says the key that the other one has sent it through the server, 32 bytes, the caller
 * first; after that, bytes are the application's.
 */
public final class KeyGreeting implements Greeting {
  private final CallKey mine;
  private final Supplier<Optional<CallKey>> peers;
  private final String peer;
  private boolean heard;

  /**
   * For one link.
   *
   * @param mine what the peer has to say
   * @param peers what we have to say, once we know it
   * @param peer what the punch calls the peer
   */
  public KeyGreeting(CallKey mine, Supplier<Optional<CallKey>> peers, String peer) {
    this.mine = mine;
    this.peers = peers;
    this.peer = peer;
  }

  @Override
  public Kind kind() {
    return Kind.STREAM;
  }

  @Override
  public void begin(ChannelPipeline pipeline, Ear ear) {
    pipeline.addLast(new FirstWords((in, channel) -> heard(in, ear), ear));
  }

  @Override
  public void sayWho(Channel channel) {
    peers.get().ifPresent(key -> channel.writeAndFlush(Unpooled.wrappedBuffer(key.bytes())));
  }

  @Override
  public void end(ChannelPipeline pipeline) {
    pipeline.remove(FirstWords.class);
  }

  private void heard(ByteBuf in, Ear ear) {
    if (heard || in.readableBytes() < CallKey.BYTES) {
      return;
    }
    heard = true;
    byte[] said = ByteBufUtil.getBytes(in.readSlice(CallKey.BYTES));
    if (MessageDigest.isEqual(said, mine.bytes())) {
      ear.identified(peer);
    } else {
      ear.lost();
    }
  }
}
