package io.culvert.client.tag;

import io.culvert.client.Link.Kind;
import io.culvert.client.net.FirstWords;
import io.culvert.client.net.Greeting;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagCodec;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.Connect;
import io.culvert.wire.tag.TagMessage.ConnectAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPipeline;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The caller says t 32 with the token of the dial, the callee answers -32 with a key of the
 * connection; after that, bytes are the application's.
 */
final class ConnectGreeting implements Greeting {
  /** Which of the two we are. */
  sealed interface Side {
    /**
     * Asks.
     *
     * @param mid of the request
     * @param agreed takes the key
     */
    record CallerSide(long mid, Consumer<String> agreed) implements Side {}

    /** Answers with that key. */
    record CalleeSide(String key) implements Side {}
  }

  private final Side side;
  private final String token;
  private final String peer;
  private long askedMid;

  ConnectGreeting(Side side, String token, String peer) {
    this.side = side;
    this.token = token;
    this.peer = peer;
  }

  @Override
  public Kind kind() {
    return Kind.STREAM;
  }

  @Override
  public void begin(ChannelPipeline pipeline, Ear ear) {
    pipeline.addLast(
        new FirstWords(
            (in, channel) -> {
              TagMessage message = TagCodec.decodeFrame(in);
              if (message != null) {
                heard(channel, message, ear);
              }
            },
            ear));
  }

  @Override
  public void sayWho(Channel channel) {
    send(
        channel,
        switch (side) {
          case Side.CallerSide(long mid, Consumer<String> _) ->
              new Connect(mid, token, Connect.CONNECT);
          case Side.CalleeSide(String key) ->
              new ConnectAnswer(askedMid, token, Status.ok(), Optional.of(key));
        });
  }

  @Override
  public void end(ChannelPipeline pipeline) {
    pipeline.remove(FirstWords.class);
  }

  private static void send(Channel channel, TagMessage message) {
    channel.writeAndFlush(encode(channel, message));
  }

  private static ByteBuf encode(Channel channel, TagMessage message) {
    ByteBuf out = channel.alloc().buffer();
    TagCodec.encodeFrame(message, out);
    return out;
  }

  private void heard(Channel channel, TagMessage message, Ear ear) {
    switch (message) {
      case Connect(long mid, String said, int op) when side instanceof Side.CalleeSide -> {
        askedMid = mid;
        if (!said.equals(token)) {
          refuse(channel, mid, said, Status.of(Status.UNKNOWN, "unknown token"), ear);
        } else if (op != Connect.CONNECT) {
          refuse(channel, mid, said, Status.of(Status.BAD_REQUEST, "unknown op " + op), ear);
        } else {
          ear.identified(peer);
        }
      }
      case ConnectAnswer(long mid, String said, Status _, Optional<String> key)
          when side instanceof Side.CallerSide(long asked, Consumer<String> agreed)
              && mid == asked
              && said.equals(token)
              && key.isPresent() -> {
        agreed.accept(key.get());
        ear.identified(peer);
      }
      default -> ear.lost();
    }
  }

  private static void refuse(Channel channel, long mid, String said, Status why, Ear ear) {
    channel
        .writeAndFlush(encode(channel, new ConnectAnswer(mid, said, why, Optional.empty())))
        .addListener((ChannelFutureListener) sent -> ear.lost());
  }
}
