package io.culvert.lab.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;

/**
 * A local TCP port of a machine that is shared by a listener and any number of connections, as hole
 * punching has it.
 */
final class Tcp implements AutoCloseable {
  private static final int ARRIVES_WITHIN_MILLIS = 3000;
  private static final int SILENT_FOR_MILLIS = 250;

  private final Machine machine;
  private final ServerSocket listener;

  private Tcp(Machine machine, ServerSocket listener) {
    this.machine = machine;
    this.listener = listener;
  }

  static Tcp on(Machine machine) throws Exception {
    return on(machine, 0);
  }

  static Tcp on(Machine machine, int port) throws Exception {
    return new Tcp(
        machine,
        machine.run(() -> {
          ServerSocket listener = new ServerSocket();
          listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
          listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
          listener.bind(new InetSocketAddress(port));
          return listener;
        }));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(machine.address(), port());
  }

  int port() {
    return listener.getLocalPort();
  }

  Socket connect(InetSocketAddress to) throws Exception {
    return connect(to, ARRIVES_WITHIN_MILLIS);
  }

  /** Whether a connection from this port is not even refused. */
  boolean hearsNothingFrom(InetSocketAddress to) throws Exception {
    try (Socket socket = connect(to, SILENT_FOR_MILLIS)) {
      return !socket.isConnected();
    } catch (SocketTimeoutException e) {
      return true;
    }
  }

  Socket accept() throws IOException {
    listener.setSoTimeout(ARRIVES_WITHIN_MILLIS);
    Socket socket = listener.accept();
    socket.setSoTimeout(ARRIVES_WITHIN_MILLIS);
    return socket;
  }

  /** Connects to the other port and returns from where: the mapping for that one. */
  Connection connectTo(Tcp other) throws Exception {
    return connectTo(other, other.address());
  }

  /** Connects to the other port by a given address of it. */
  Connection connectTo(Tcp other, InetSocketAddress by) throws Exception {
    return new Connection(connect(by), other.accept());
  }

  private Socket connect(InetSocketAddress to, int millis) throws Exception {
    return machine.run(() -> {
      Socket socket = new Socket();
      try {
        socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        socket.bind(new InetSocketAddress(port()));
        socket.connect(to, millis);
        socket.setSoTimeout(ARRIVES_WITHIN_MILLIS);
        return socket;
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    });
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  /** Both ends of a connection. */
  record Connection(Socket near, Socket far) implements AutoCloseable {
    InetSocketAddress mapping() {
      return (InetSocketAddress) far.getRemoteSocketAddress();
    }

    @Override
    public void close() throws IOException {
      near.close();
      far.close();
    }
  }
}
