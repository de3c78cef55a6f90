package io.culvert.lab.bench;

import io.culvert.server.account.Session;
import io.culvert.wire.flow.FlowCodec;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.Head;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Clients of flow that go online, say nothing any more, and leave. Not thread-safe. */
final class FlowClients implements AutoCloseable {
  private final InetSocketAddress signal;
  private final List<SocketChannel> connections = new ArrayList<>();

  FlowClients(InetSocketAddress signal) {
    this.signal = signal;
  }

  /** Connects one for each session; the server may not have seen their heart beats yet. */
  void connect(List<Session> sessions) throws IOException {
    for (Session session : sessions) {
      SocketChannel connection = SocketChannel.open(signal);
      connections.add(connection);
      ByteBuffer heartBeat = heartBeat(session.token());
      while (heartBeat.hasRemaining()) {
        connection.write(heartBeat);
      }
    }
  }

  private static ByteBuffer heartBeat(String token) {
    ByteBuf frame = Unpooled.buffer();
    FlowCodec.encode(new HeartBeat(new Head(token, Optional.empty())), frame);
    return frame.nioBuffer();
  }

  /** All leave; others may come. */
  void leave() throws IOException {
    for (SocketChannel connection : connections) {
      connection.close();
    }
    connections.clear();
  }

  @Override
  public void close() throws IOException {
    leave();
  }
}
