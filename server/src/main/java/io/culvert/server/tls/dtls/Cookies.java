package io.culvert.server.tls.dtls;

import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.bouncycastle.tls.DTLSRequest;
import org.bouncycastle.tls.DTLSVerifier;
import org.bouncycastle.tls.DatagramSender;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.jspecify.annotations.Nullable;

/**
 * Cookies by which a client shows that it receives what is sent to its address (RFC 6347 §4.2.1):
 * an HMAC of the address, the port and the ClientHello, so nothing is kept for one that has been
 * sent. The secret changes, so that one who has seen a cookie cannot use it for ever. Not
 * thread-safe.
 */
final class Cookies {
  /** A cookie is good for that time at least, and for twice that at most. */
  static final Duration GOOD_FOR = Duration.ofSeconds(30);

  private final TlsCrypto crypto;
  private final byte[] address = new byte[2 * Long.BYTES + Short.BYTES];
  private final Answer answer = new Answer();
  private final Answer unsent = new Answer();
  private DTLSVerifier current;
  private @Nullable DTLSVerifier previous;
  private long since;

  Cookies(TlsCrypto crypto, long now) {
    this.crypto = crypto;
    this.current = new DTLSVerifier(crypto);
    this.since = now;
  }

  /**
   * The ClientHello, when its cookie is right; else there is an {@link #answer}.
   *
   * @param hasCookie whether there is one, which need not be looked for
   */
  @Nullable DTLSRequest verify(byte[] record, boolean hasCookie, Endpoint client, long now) {
    changeSecret(now);
    ByteBuffer.wrap(address)
        .putLong(client.high())
        .putLong(client.low())
        .putShort((short) client.port());
    answer.length = 0;
    DTLSRequest verified = verify(current, record, answer);
    return verified == null && hasCookie && previous != null
        ? verify(previous, record, unsent)
        : verified;
  }

  private @Nullable DTLSRequest verify(DTLSVerifier with, byte[] record, Answer to) {
    return with.verifyRequest(address, record, 0, record.length, to);
  }

  private void changeSecret(long now) {
    long age = now - since;
    if (age >= GOOD_FOR.toNanos()) {
      previous = age < 2 * GOOD_FOR.toNanos() ? current : null;
      current = new DTLSVerifier(crypto);
      since = now;
    }
  }

  /** The HelloVerifyRequest for what has just not been verified. */
  ByteBuf answer() {
    return answer.buffer;
  }

  /** How long it is; 0 when that was no ClientHello. */
  int answerLength() {
    return answer.length;
  }

  private static final class Answer implements DatagramSender {
    /** Two headers, the version and a cookie of 32 bytes make 60. */
    private final byte[] bytes = new byte[64];

    private final ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
    private int length;

    @Override
    public int getSendLimit() {
      return bytes.length;
    }

    @Override
    public void send(byte[] datagram, int offset, int count) {
      System.arraycopy(datagram, offset, bytes, 0, count);
      length = count;
    }
  }
}
