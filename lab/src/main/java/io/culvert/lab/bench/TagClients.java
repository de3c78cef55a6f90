package io.culvert.lab.bench;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tag.Retransmission;
import io.culvert.wire.tag.TagCodec;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.FromServer;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.ToServer;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Clients of tag, one after the other: each registers, and proves its address by a heartbeat. Its
 * socket is closed then, since the server remembers it for a minute all the same, and one process
 * may not have enough open. No two have the same port. Not thread-safe.
 */
final class TagClients {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int LAST_PORT = 65_535;

  private final InetSocketAddress server;
  private final InstantSource clock = new MonotonicTime();
  private int nextPort = 1024;

  TagClients(InetSocketAddress server) {
    this.server = server;
  }

  /** Registers so many more. */
  void register(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try (DatagramSocket socket = nextSocket()) {
        socket.connect(server);
        FromServer registered = ask(socket, new Register(1, Optional.empty(), Optional.empty()));
        if (!(registered instanceof Registered(long _, String tag))) {
          throw new IOException("the server does not register a tag: " + registered);
        }
        FromServer proved = ask(socket, new Heartbeat(2, tag));
        if (!(proved instanceof HeartbeatAccepted)) {
          throw new IOException("the server does not accept a heartbeat: " + proved);
        }
      }
    }
  }

  private DatagramSocket nextSocket() throws IOException {
    while (true) {
      try {
        return new DatagramSocket(new InetSocketAddress(LOOPBACK, nextPort++));
      } catch (BindException e) {
        if (nextPort > LAST_PORT) {
          throw new IOException("there are no more free UDP ports", e);
        }
        // This one is somebody's.
      }
    }
  }

  private FromServer ask(DatagramSocket socket, ToServer request) throws IOException {
    ByteBuf datagram = Unpooled.buffer();
    TagCodec.encode(request, datagram);
    DatagramPacket question = new DatagramPacket(datagram.array(), datagram.readableBytes());
    DatagramPacket answer =
        new DatagramPacket(new byte[TagMessage.MAX_BYTES], TagMessage.MAX_BYTES);
    Retransmission retransmission = new Retransmission(clock.instant());
    socket.send(question);
    while (true) {
      Duration pause = Duration.between(clock.instant(), retransmission.nextDeadline());
      socket.setSoTimeout(Math.max(1, Math.toIntExact(pause.toMillis())));
      try {
        answer.setLength(TagMessage.MAX_BYTES);
        socket.receive(answer);
        // The answer to what was repeated may come twice.
        if (decode(answer) instanceof FromServer m && m.mid() == request.mid()) {
          return m;
        }
      } catch (SocketTimeoutException e) {
        switch (retransmission.at(clock.instant())) {
          case WAIT -> {}
          case REPEAT -> socket.send(question);
          case FAIL -> throw new IOException("the tag server does not answer", e);
        }
      }
    }
  }

  private static TagMessage decode(DatagramPacket answer) throws IOException {
    try {
      return TagCodec.decode(Unpooled.wrappedBuffer(answer.getData(), 0, answer.getLength()));
    } catch (MalformedMessageException e) {
      throw new IOException("the tag server answers nonsense", e);
    }
  }
}
