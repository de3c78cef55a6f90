package io.culvert.lab.tcppunch;

import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tcppunch.TcpPunchCodec;
import io.culvert.wire.tcppunch.TcpPunchMessage;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import io.culvert.wire.tcppunch.TcpPunchMessage.Online;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineAccepted;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A peer that does only what the test tells it, with blocking sockets. */
final class RawPeer implements AutoCloseable {
  private final RendezvousAddress server;
  private final Wire main;
  private final String sessionId;
  private final ServerSocket listener = new ServerSocket();
  private final List<Wire> open = new ArrayList<>();
  private @Nullable Introduce lastIntroduce;

  RawPeer(RendezvousAddress server, String id) throws IOException {
    this.server = server;
    this.main = new Wire(new Socket(server.main().getAddress(), server.main().getPort()));
    open.add(main);
    main.send(new Online(id));
    this.sessionId = ((OnlineAccepted) main.receive(TcpPunchCodec::decodeMain)).sessionId();
  }

  /** The next introduction that the server passes on. */
  Introduction introduction() throws IOException {
    return (Introduction) main.receive(TcpPunchCodec::decodeMain);
  }

  /** Takes a port, listens on it and shows it to the server; the tcp-a connection stays open. */
  Wire introduce(Kind kind, String peer) throws IOException {
    Socket aux = new Socket();
    aux.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    aux.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    aux.bind(new InetSocketAddress(server.aux().getAddress(), 0));
    aux.connect(server.aux());
    listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
    listener.bind(aux.getLocalSocketAddress());
    Wire wire = new Wire(aux);
    open.add(wire);
    lastIntroduce =
        new Introduce(kind, (InetSocketAddress) aux.getLocalSocketAddress(), sessionId, peer);
    wire.send(lastIntroduce);
    return wire;
  }

  /** What {@link #introduce} has sent. */
  Introduce lastIntroduce() {
    return Objects.requireNonNull(lastIntroduce);
  }

  /** The next link that somebody opens to the port. */
  Wire accept() throws IOException {
    Wire link = new Wire(listener.accept());
    open.add(link);
    return link;
  }

  /** A connection to that address from any port. */
  Wire dial(InetSocketAddress to) throws IOException {
    Wire link = new Wire(new Socket(to.getAddress(), to.getPort()));
    open.add(link);
    return link;
  }

  /** Goes offline and closes everything. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Wire each : open) {
      each.close();
    }
  }

  /** One connection. */
  static final class Wire implements AutoCloseable {
    private final Socket socket;
    private final ByteBuf in = Unpooled.buffer();

    Wire(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20_000);
    }

    void send(TcpPunchMessage... messages) throws IOException {
      socket.getOutputStream().write(bytes(messages));
    }

    void sendByteByByte(TcpPunchMessage... messages) throws IOException {
      for (byte b : bytes(messages)) {
        socket.getOutputStream().write(b);
      }
    }

    void sendAllButTheLastByte(TcpPunchMessage message) throws IOException {
      byte[] bytes = bytes(message);
      socket.getOutputStream().write(bytes, 0, bytes.length - 1);
    }

    void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    interface Decoder<M> {
      @Nullable M decode(ByteBuf in) throws MalformedMessageException;
    }

    <M> M receive(Decoder<M> decoder) throws IOException {
      try {
        M message = decoder.decode(in);
        while (message == null) {
          int next = socket.getInputStream().read();
          if (next < 0) {
            throw new EOFException("closed by the other side");
          }
          in.writeByte(next);
          message = decoder.decode(in);
        }
        return message;
      } catch (MalformedMessageException e) {
        throw new IOException(e);
      }
    }

    TcpPunchMessage.Link receiveLink() throws IOException {
      return receive(TcpPunchCodec::decodeLink);
    }

    boolean isClosedByTheOther() throws IOException {
      try {
        return socket.getInputStream().read() < 0;
      } catch (SocketException e) {
        return true; // by a reset
      }
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }

    private static byte[] bytes(TcpPunchMessage... messages) {
      ByteBuf out = Unpooled.buffer();
      for (TcpPunchMessage message : messages) {
        TcpPunchCodec.encode(message, out);
      }
      return ByteBufUtil.getBytes(out);
    }
  }
}
