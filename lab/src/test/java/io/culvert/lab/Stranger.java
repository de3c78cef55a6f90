package io.culvert.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.lab.net.Host;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody else who has the private address of a peer, and takes connections on all ports. */
public final class Stranger implements AutoCloseable {
  /** How a stranger receives a visitor. */
  public enum Manner {
    SAYS_NOTHING,
    HANGS_UP,
    NAMES_ITSELF,
    TALKS_NONSENSE
  }

  private final ServerSocket listener;
  private final Manner manner;
  private final AtomicInteger visits = new AtomicInteger();
  private final List<Socket> visitors = new ArrayList<>();

  private Stranger(ServerSocket listener, Manner manner) {
    this.listener = listener;
    this.manner = manner;
  }

  /** Takes the place of everything on that host. */
  public static Stranger onEveryPortOf(Host host, Manner manner) throws Exception {
    ServerSocket listener = host.run(() -> new ServerSocket(7));
    String everyPort =
        "table ip stranger { chain redirected { type nat hook prerouting priority dstnat;"
            + " meta l4proto tcp redirect to :7; }; }";
    Process nft = host.start("nft", everyPort);
    if (nft.waitFor() != 0) {
      throw new IOException(new String(nft.getErrorStream().readAllBytes(), UTF_8));
    }
    Stranger stranger = new Stranger(listener, manner);
    Thread.ofPlatform().daemon().start(stranger::receive);
    return stranger;
  }

  /** How many have come. */
  public int visits() {
    return visits.get();
  }

  private void receive() {
    try {
      while (true) {
        Socket visitor = listener.accept();
        visits.incrementAndGet();
        synchronized (visitors) {
          visitors.add(visitor);
        }
        receive(visitor);
      }
    } catch (IOException e) {
      if (!listener.isClosed()) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void receive(Socket visitor) throws IOException {
    OutputStream out = visitor.getOutputStream();
    switch (manner) {
      case SAYS_NOTHING -> {}
      case HANGS_UP -> visitor.close();
      case NAMES_ITSELF -> {
        ByteBuf ack = Unpooled.buffer().writeShort(0x0021).writeByte(7);
        out.write(ByteBufUtil.getBytes(ack.writeBytes("mallory".getBytes(UTF_8))));
      }
      case TALKS_NONSENSE -> out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (visitors) {
      for (Socket visitor : visitors) {
        visitor.close();
      }
    }
  }
}
