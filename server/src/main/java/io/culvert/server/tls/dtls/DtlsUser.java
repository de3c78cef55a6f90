package io.culvert.server.tls.dtls;

import io.netty.buffer.ByteBuf;

/** What a service does with one session; called on the event loop. */
public interface DtlsUser {
  /** A datagram that the client has sent. The buffer is only valid until this returns. */
  void received(ByteBuf buffer, int index, int length);

  /** Whether the session is to live on although nothing has come for a minute. */
  boolean isNeeded();

  /** The session has ended, in whatever way. */
  void closed();
}
