package io.culvert.server.tls;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/** What the JDK's TLS says first. */
final class Hello {
  private Hello() {}

  /** A record with a ClientHello, which names these protocols. */
  static byte[] naming(String... protocols) throws Exception {
    return of("TLSv1.3", protocols);
  }

  /** The same of another version. */
  static byte[] of(String version, String... protocols) throws Exception {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine("server.example", 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {version});
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), record);
    return Arrays.copyOf(record.array(), record.position());
  }
}
