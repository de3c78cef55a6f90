package io.culvert.lab.portmap;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.client.net.ClientLoop;
import io.culvert.client.portmap.PortMapper;
import io.culvert.client.portmap.PortMapper.Ports;
import io.culvert.lab.net.Host;
import io.culvert.traversal.portmap.Finding;
import io.culvert.traversal.portmap.Mapping;
import io.culvert.wire.portmap.PortProtocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Somebody at home, who has a UDP socket and asks the router for a port. */
final class Resident implements AutoCloseable {
  private final DatagramSocket socket;
  private final ClientLoop loop;
  private final PortMapper mapper;
  private final List<Mapping> open = new CopyOnWriteArrayList<>();
  private final List<Mapping> everOpened = new CopyOnWriteArrayList<>();

  private Resident(DatagramSocket socket, ClientLoop loop, Set<PortProtocol> protocols)
      throws Exception {
    this.socket = socket;
    this.loop = loop;
    this.mapper =
        on(() ->
            PortMapper.open(
                loop,
                Ports.both(socket.getLocalPort()),
                protocols,
                new PortMapper.Observer() {
                  @Override
                  public void opened(Mapping mapping) {
                    open.add(mapping);
                    everOpened.add(mapping);
                  }

                  @Override
                  public void closed(Mapping mapping) {
                    open.remove(mapping);
                  }

                  @Override
                  public void rebooted() {}
                }));
  }

  static Resident of(Host host) throws Exception {
    return of(host, 0, PortProtocol.UDP);
  }

  static Resident of(Host host, int port, PortProtocol... protocols) throws Exception {
    return host.run(() ->
        new Resident(new DatagramSocket(port), new ClientLoop("resident"), Set.of(protocols)));
  }

  /** Is told by a server outside from where it sees this socket. */
  InetAddress learnsItsAddressFrom(DatagramSocket server, InetAddress at) throws Exception {
    socket.send(new DatagramPacket(new byte[1], 1, at, server.getLocalPort()));
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    server.setSoTimeout(3000);
    server.receive(packet);
    seen(packet.getAddress());
    return packet.getAddress();
  }

  void seen(InetAddress address) throws Exception {
    on(() -> {
      mapper.seen(Set.of(address));
      return true;
    });
  }

  Optional<Mapping> mapping(PortProtocol protocol) {
    return open.stream().filter(mapping -> mapping.protocol() == protocol).findAny();
  }

  List<Mapping> everOpened() {
    return everOpened;
  }

  List<Finding> findings() throws Exception {
    return on(mapper::findings);
  }

  /** Whether what somebody sends to that address comes here. */
  boolean getsWhatIsSent(DatagramSocket by, InetSocketAddress to) throws IOException {
    String text = "hello " + System.nanoTime();
    byte[] bytes = text.getBytes(UTF_8);
    by.send(new DatagramPacket(bytes, bytes.length, to));
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    socket.setSoTimeout(500);
    try {
      do {
        socket.receive(packet);
      } while (!new String(packet.getData(), 0, packet.getLength(), UTF_8).equals(text));
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  /** Gives its port back. */
  void leave() throws Exception {
    on(mapper::close).get(5, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    leave();
    loop.execute(loop::close);
    socket.close();
  }

  private <T> T on(Callable<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        done.complete(task.call());
      } catch (Exception e) {
        done.completeExceptionally(e);
      }
    });
    return done.get(5, TimeUnit.SECONDS);
  }
}
