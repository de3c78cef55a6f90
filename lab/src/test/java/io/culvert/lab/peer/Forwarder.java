package io.culvert.lab.peer;

import io.culvert.lab.net.Host;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port 443 on a host, from which all connections lead to one of another host. */
final class Forwarder implements AutoCloseable {
  static final int PORT = 443;

  private final ServerSocket listening;
  private final InetSocketAddress target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private Forwarder(ServerSocket listening, InetSocketAddress target) {
    this.listening = listening;
    this.target = target;
  }

  static Forwarder start(Host host, InetSocketAddress target) throws Exception {
    return host.run(() -> {
      Forwarder forwarder = new Forwarder(new ServerSocket(PORT, 50, host.address()), target);
      // Platform threads stay in the network of the thread that starts them.
      Thread.ofPlatform().daemon().name("forwarder").start(forwarder::accept);
      return forwarder;
    });
  }

  private void accept() {
    try {
      while (true) {
        Socket near = listening.accept();
        Socket far = new Socket(target.getAddress(), target.getPort());
        open.add(near);
        open.add(far);
        Thread.ofPlatform().daemon().name("forwarder-out").start(() -> carry(near, far));
        Thread.ofPlatform().daemon().name("forwarder-in").start(() -> carry(far, near));
      }
    } catch (IOException e) {
      Thread.currentThread().setName("forwarder-ended");
    }
  }

  private static void carry(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      Thread.currentThread().setName("forwarder-ended");
    }
  }

  /** Breaks all connections that there are. */
  void breakConnections() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  @Override
  public void close() throws IOException {
    listening.close();
    breakConnections();
  }
}
