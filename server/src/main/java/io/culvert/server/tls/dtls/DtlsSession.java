package io.culvert.server.tls.dtls;

import io.culvert.server.net.Counters;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Consumer;
import org.bouncycastle.tls.DTLSTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's session. Only the event loop of its front may use it. */
public final class DtlsSession {
  private static final Logger log = LoggerFactory.getLogger(DtlsSession.class);

  private final Endpoint client;
  private final long clientRandom;
  private final DTLSTransport dtls;
  private final Transport transport;
  private final Plaintext plaintext;
  private final Counters<DtlsCounter> counters;
  private final Consumer<DtlsSession> whenEnded;
  private @Nullable DtlsUser user;
  private long heard;
  private boolean ended;

  DtlsSession(
      Endpoint client,
      long clientRandom,
      DTLSTransport dtls,
      Transport transport,
      Plaintext plaintext,
      Counters<DtlsCounter> counters,
      Consumer<DtlsSession> whenEnded) {
    this.client = client;
    this.clientRandom = clientRandom;
    this.dtls = dtls;
    this.transport = transport;
    this.plaintext = plaintext;
    this.counters = counters;
    this.whenEnded = whenEnded;
  }

  void use(DtlsUser by, long now) {
    user = by;
    heard = now;
  }

  /** Whose it is. */
  public Endpoint client() {
    return client;
  }

  /**
   * Sends a datagram of up to 16,384 bytes in a record of its own; the bytes are copied before this
   * returns. A longer one is counted and lost, and so is any once the session has ended.
   *
   * @return whether it is on its way
   */
  public boolean send(ByteBuf bytes, int index, int length) {
    if (ended || length > Plaintext.MAX_BYTES) {
      counters.count(DtlsCounter.UNSENT);
      return false;
    }
    try {
      dtls.send(plaintext.outgoing(bytes, index, length), 0, length);
      return true;
    } catch (IOException e) {
      end(DtlsCounter.BROKEN);
      return false;
    }
  }

  /** Tells the client that this is the end. */
  public void close() {
    end(DtlsCounter.CLOSED);
  }

  /** Ends it, and counts why. */
  void end(DtlsCounter why) {
    if (ended) {
      return;
    }
    ended = true;
    counters.count(why);
    try {
      dtls.close();
    } catch (IOException e) {
      transport.close(); // there is nobody left to be told
    }
    whenEnded.accept(this);
    Objects.requireNonNull(user).closed();
  }

  /** Ends it without a word: whoever is there now would not understand it. */
  void replace() {
    transport.close();
    end(DtlsCounter.REPLACED);
  }

  boolean isOf(long random) {
    return random == clientRandom;
  }

  /** Whether nothing has come since that time and nobody needs it. */
  boolean isIdle(long since) {
    return heard - since < 0 && !Objects.requireNonNull(user).isNeeded();
  }

  /** Takes one record. */
  void received(ByteBuf buffer, int index, int length, long now) {
    transport.hand(buffer, index, length);
    try {
      int bytes = dtls.receive(plaintext.incoming(), 0, Plaintext.MAX_BYTES, 0);
      if (bytes >= 0) {
        heard = now;
        Objects.requireNonNull(user).received(plaintext.received(), 0, bytes);
      }
    } catch (Transport.NothingMore e) {
      if (transport.isClosed()) {
        end(DtlsCounter.CLOSED_BY_CLIENT);
      }
    } catch (IOException e) {
      end(DtlsCounter.BROKEN);
    } catch (RuntimeException e) {
      log.error("closing a DTLS session after an error of our own", e);
      end(DtlsCounter.BROKEN);
    }
  }
}
