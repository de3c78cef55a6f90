package io.culvert.wire.tcppunch;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The three kinds of stream that the protocol has, each with its decoder. */
enum StreamKind {
  MAIN {
    @Override
    @Nullable TcpPunchMessage decode(ByteBuf in) throws MalformedMessageException {
      return TcpPunchCodec.decodeMain(in);
    }

    @Override
    TcpPunchChannelCodec channelCodec() {
      return TcpPunchChannelCodec.main();
    }
  },
  AUX {
    @Override
    @Nullable TcpPunchMessage decode(ByteBuf in) throws MalformedMessageException {
      return TcpPunchCodec.decodeAux(in);
    }

    @Override
    TcpPunchChannelCodec channelCodec() {
      return TcpPunchChannelCodec.aux();
    }
  },
  LINK {
    @Override
    @Nullable TcpPunchMessage decode(ByteBuf in) throws MalformedMessageException {
      return TcpPunchCodec.decodeLink(in);
    }

    @Override
    TcpPunchChannelCodec channelCodec() {
      return TcpPunchChannelCodec.link();
    }
  };

  abstract @Nullable TcpPunchMessage decode(ByteBuf in) throws MalformedMessageException;

  abstract TcpPunchChannelCodec channelCodec();
}
