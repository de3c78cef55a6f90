package io.culvert.server.tcppunch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A client that knows nothing but bytes. What it waits for must come within 10 s. */
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket = new Socket();

  private RawClient() {}

  static RawClient to(InetSocketAddress server) throws IOException {
    RawClient client = new RawClient();
    client.connect(server);
    return client;
  }

  /** One whose kernel takes as little as possible off the server's hands. */
  static RawClient withSmallBuffers(InetSocketAddress server) throws IOException {
    RawClient client = new RawClient();
    client.socket.setReceiveBufferSize(1);
    client.socket.setSendBufferSize(1);
    client.connect(server);
    return client;
  }

  private void connect(InetSocketAddress server) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(server, PATIENCE_MILLIS);
  }

  /** What the server sees as this client's address when no NAT is between. */
  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void send(byte[]... parts) throws IOException {
    socket.getOutputStream().write(Bytes.join(parts));
  }

  void sendEveryByteApart(byte[] bytes) throws IOException {
    for (byte b : bytes) {
      socket.getOutputStream().write(b);
    }
  }

  /** Goes online and returns the session's id. */
  String goOnline(String clientId) throws IOException {
    send(Bytes.online(clientId));
    return readSessionId();
  }

  /** Takes a 0x0002 and returns what it carries. */
  String readSessionId() throws IOException {
    ByteBuffer frame = ByteBuffer.wrap(readFrame());
    assertThat(frame.getShort()).as("command").isEqualTo((short) 0x0002);
    byte[] id = new byte[Byte.toUnsignedInt(frame.get())];
    frame.get(id);
    assertThat(frame.hasRemaining()).as("bytes behind the session's id").isFalse();
    return new String(id, UTF_8);
  }

  /** What stands behind the next Len. */
  byte[] readFrame() throws IOException {
    return read(ByteBuffer.wrap(read(4)).getInt());
  }

  byte[] read(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("closed after %d of %d bytes".formatted(bytes.length, count));
    }
    return bytes;
  }

  /** Reads and forgets until the connection is closed. */
  void drain() throws IOException {
    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  /** The server has closed the connection and has said nothing before. */
  void expectClosed() throws IOException {
    int read;
    try {
      read = socket.getInputStream().read();
    } catch (SocketException reset) {
      return;
    }
    assertThat(read).as("the end of the stream").isEqualTo(-1);
  }

  /** Says that nothing more will come, but still listens. */
  void finish() throws IOException {
    socket.shutdownOutput();
  }

  /** Ends as a crashed program's connection may: with RST. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
