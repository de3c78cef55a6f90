package io.culvert.client.quic;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.ssl.ClientAuth;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How QUIC is set up: the same at both ends, but for who calls.
 *
 * @param me what is proved to the peer
 * @param congestion how it is found out how fast may be sent
 * @param idle how long a connection lives without a word from the peer
 * @param keepAlive after how much silence there is a ping
 */
record QuicSetup(
    Identity me, QuicCongestionControlAlgorithm congestion, Duration idle, Duration keepAlive) {
  /** ALPN, RFC 7301. */
  private static final String PROTOCOL = "culvert/1";

  /** How many streams the peer may have open at a time. */
  static final int MAX_STREAMS = 1024;

  /**
   * What fits through every network that QUIC may be used on (RFC 9000 §14). It stays at that: the
   * path may be switched to one that carries less than the one before, and quiche does not find out
   * about that by itself.
   */
  private static final int DATAGRAM_BYTES = 1200;

  /** Others may know better how much their path carries. */
  private static final int MAX_RECEIVED_BYTES = 65_527;

  /** Without a word from the peer. A path may be replaced, a machine sleep for a moment. */
  static final Duration IDLE = Duration.ofSeconds(60);

  /** After so much silence there is a ping: four may get lost. */
  static final Duration KEEP_ALIVE = Duration.ofSeconds(12);

  /** Of all streams: many that nobody reads must not hold up the others. */
  private static final long CONNECTION_WINDOW = 16 << 20;

  /** At first; quiche widens it for who reads fast. */
  private static final long STREAM_WINDOW = 256 << 10;

  private static final int QUEUED_DATAGRAMS = 256;

  /**
   * Packets get lost by chance, and CUBIC takes each for a full router; BBR takes the rate at which
   * things arrive for what a path carries.
   */
  static QuicSetup betweenMachines(Identity me) {
    return new QuicSetup(me, QuicCongestionControlAlgorithm.BBR, IDLE, KEEP_ALIVE);
  }

  /**
   * No packet gets lost by chance, and quiche's BBR fills a way without length by three quarters.
   */
  static QuicSetup withinMachine(Identity me) {
    return new QuicSetup(me, QuicCongestionControlAlgorithm.CUBIC, IDLE, KEEP_ALIVE);
  }

  /** The codec of the side that calls. */
  ChannelHandler caller(PeerCheck check) {
    QuicSslContext tls =
        tls(QuicSslContextBuilder.forClient().endpointIdentificationAlgorithm(""), check);
    return common(new QuicClientCodecBuilder())
        .sslEngineProvider(channel -> tls.newEngine(channel.alloc()))
        .build();
  }

  /** The codec of the side that is called. There is one connection at most. */
  ChannelHandler callee(PeerCheck check, Session session) {
    QuicSslContext tls =
        tls(
            QuicSslContextBuilder.forServer(new IdentityKeys(me), null)
                .clientAuth(ClientAuth.REQUIRE),
            check);
    Function<QuicChannel, @Nullable QuicSslEngine> engines =
        channel -> session.hasBegun() ? null : tls.newEngine(channel.alloc());
    return common(new QuicServerCodecBuilder())
        .sslEngineProvider(engines)
        .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, SwitchedChannel.SEGMENTS)
        .handler(
            new ChannelInitializer<QuicChannel>() {
              @Override
              protected void initChannel(QuicChannel channel) {
                channel.pipeline().addLast(session);
              }
            })
        .streamHandler(session.acceptingStreams())
        .build();
  }

  private QuicSslContext tls(QuicSslContextBuilder builder, PeerCheck check) {
    // One for each connection: nothing of a handshake can so be resumed in another, which would
    // pass by the check.
    return builder
        .keyManager(new IdentityKeys(me), null)
        .trustManager(check)
        .applicationProtocols(PROTOCOL)
        .build();
  }

  private <B extends QuicCodecBuilder<B>> B common(B builder) {
    return builder
        .grease(false) // which would clear the bit that tells QUIC from STUN (RFC 9443 §3)
        .congestionControlAlgorithm(congestion)
        .maxIdleTimeout(idle.toMillis(), TimeUnit.MILLISECONDS)
        .maxSendUdpPayloadSize(DATAGRAM_BYTES)
        .maxRecvUdpPayloadSize(MAX_RECEIVED_BYTES)
        .initialMaxData(CONNECTION_WINDOW)
        .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW)
        .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
        .initialMaxStreamsBidirectional(MAX_STREAMS)
        .initialMaxStreamsUnidirectional(0)
        .activeMigration(false)
        .datagram(QUEUED_DATAGRAMS, QUEUED_DATAGRAMS);
  }
}
