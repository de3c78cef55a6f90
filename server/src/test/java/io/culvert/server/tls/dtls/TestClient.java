package io.culvert.server.tls.dtls;

import io.culvert.wire.transport.udp.Endpoint;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** Bouncy Castle's DTLS client, with its own cryptography; the test carries its datagrams. */
final class TestClient implements DatagramTransport {
  private static final Executor THREADS =
      task -> Thread.ofVirtual().name("dtls-test-client").start(task);

  final Endpoint address;

  /** What it has sent. */
  final Queue<byte[]> sent = new ConcurrentLinkedQueue<>();

  private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<DTLSTransport> session = new CompletableFuture<>();
  private volatile boolean closed;
  private volatile int sendLimit = 1400;
  private volatile @Nullable TlsCertificate serverCertificate;

  TestClient(Endpoint address) {
    this.address = address;
  }

  /** Begins a handshake, in the background. */
  TestClient connect() {
    THREADS.execute(() -> {
      try {
        session.complete(new DTLSClientProtocol().connect(new Peer(), this));
      } catch (IOException e) {
        session.completeExceptionally(e);
      }
    });
    return this;
  }

  boolean isConnected() {
    return session.isDone() && !session.isCompletedExceptionally();
  }

  boolean hasFailed() {
    return session.isCompletedExceptionally();
  }

  /** Whether the server has said that this is the end. */
  boolean isClosed() {
    return closed;
  }

  /** From now on no datagram is longer. */
  void limitDatagramsTo(int bytes) {
    sendLimit = bytes;
  }

  void deliver(byte[] datagram) {
    received.add(datagram);
  }

  void say(byte[] data) throws IOException {
    session.join().send(data, 0, data.length);
  }

  /** The next datagram in the session that has arrived, or null. */
  byte @Nullable [] hear() throws IOException {
    byte[] data = new byte[1 << 14];
    int bytes = session.join().receive(data, 0, data.length, 1);
    return bytes < 0 ? null : Arrays.copyOf(data, bytes);
  }

  void hangUp() throws IOException {
    session.join().close();
  }

  byte[] serverCertificate() throws IOException {
    return Objects.requireNonNull(serverCertificate).getEncoded();
  }

  @Override
  public int getReceiveLimit() {
    return 1 << 14;
  }

  @Override
  public int getSendLimit() {
    return sendLimit;
  }

  @Override
  public int receive(byte[] into, int offset, int limit, int waitMillis) throws IOException {
    try {
      byte[] datagram = received.poll(waitMillis, TimeUnit.MILLISECONDS);
      if (datagram == null) {
        return -1;
      }
      System.arraycopy(datagram, 0, into, offset, datagram.length);
      return datagram.length;
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void send(byte[] bytes, int offset, int length) {
    sent.add(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class Peer extends DefaultTlsClient {
    Peer() {
      super(new BcTlsCrypto(new SecureRandom()));
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
      return ProtocolVersion.DTLSv12.only();
    }

    /** A client may be less patient than RFC 6347 §4.2.4.1 would like it. */
    @Override
    public int getHandshakeResendTimeMillis() {
      return 50;
    }

    @Override
    public TlsAuthentication getAuthentication() {
      return new TlsAuthentication() {
        @Override
        public void notifyServerCertificate(TlsServerCertificate shown) {
          serverCertificate = shown.getCertificate().getCertificateAt(0);
        }

        @Override
        public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
          return null;
        }
      };
    }
  }
}
