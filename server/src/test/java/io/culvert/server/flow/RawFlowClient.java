package io.culvert.server.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.json.Json;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import tools.jackson.databind.node.ObjectNode;

/** A client that knows nothing but frames of JSON. What it waits for must come within 10 s. */
final class RawFlowClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket = new Socket();

  private RawFlowClient() {}

  static RawFlowClient to(InetSocketAddress server) throws IOException {
    RawFlowClient client = new RawFlowClient();
    client.connect(server);
    return client;
  }

  /** One whose kernel takes as little as possible off the server's hands. */
  static RawFlowClient withSmallBuffers(InetSocketAddress server) throws IOException {
    RawFlowClient client = new RawFlowClient();
    client.socket.setReceiveBufferSize(1);
    client.connect(server);
    return client;
  }

  private void connect(InetSocketAddress server) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(server, PATIENCE_MILLIS);
  }

  static byte[] frame(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return ByteBuffer.allocate(2 + bytes.length).putShort((short) bytes.length).put(bytes).array();
  }

  /** A message with a head of its own; single quotes stand for double ones. */
  static String message(int signalType, String token, String body) {
    return "{'head':{'signalType':%d,'status':0,'sessionToken':'%s'},'body':%s}"
        .formatted(signalType, token, body)
        .replace('\'', '"');
  }

  void send(String json) throws IOException {
    send(frame(json));
  }

  void send(int signalType, String token, String body) throws IOException {
    send(message(signalType, token, body));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** The next frame's JSON. */
  String read() throws IOException {
    int length = Short.toUnsignedInt(ByteBuffer.wrap(read(2)).getShort());
    return new String(read(length), UTF_8);
  }

  ObjectNode readObject() throws Exception {
    return Json.readObject(Unpooled.copiedBuffer(read(), UTF_8));
  }

  /** The next frame is this failure. */
  void expectFailure(int signalType, String description) throws IOException {
    assertThat(read())
        .isEqualTo(
            "{'head':{'signalType':%d,'status':-1,'sessionToken':''},'body':{'description':'%s'}}"
                .formatted(signalType, description)
                .replace('\'', '"'));
  }

  private byte[] read(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("closed after %d of %d bytes".formatted(bytes.length, count));
    }
    return bytes;
  }

  /** The server has closed the connection, in order, and has said nothing before. */
  void expectClosed() throws IOException {
    assertThat(socket.getInputStream().read()).as("the end of the stream").isEqualTo(-1);
  }

  /** The server has closed the connection, with or without an order. */
  void expectGone() throws IOException {
    try {
      socket.getInputStream().skip(Long.MAX_VALUE);
      while (socket.getInputStream().read() >= 0) {
        socket.getInputStream().skip(Long.MAX_VALUE);
      }
    } catch (SocketException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
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
