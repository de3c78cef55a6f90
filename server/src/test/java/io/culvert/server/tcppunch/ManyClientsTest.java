package io.culvert.server.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.Descriptors;
import io.culvert.server.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ManyClientsTest {
  private static final int CLIENTS = 10_000;
  private static final int MAX_HEAP_BYTES_PER_CLIENT = 8 << 10;
  private static final InetSocketAddress LAN = new InetSocketAddress("192.168.1.2", 5000);

  @Test
  @Timeout(60)
  void tenThousandClientsAreOnlineAtOnce() throws Exception {
    Descriptors.assumeEnoughFor(CLIENTS);
    List<RawClient> clients = new ArrayList<>();
    List<String> sessions = new ArrayList<>();
    try (ServerProcess server = ServerProcess.start(TcpPunchProcess.class)) {
      InetSocketAddress main = loopback(server.ask("main"));
      InetSocketAddress aux = loopback(server.ask("aux"));
      RawClient.to(main).close(); // so that its classes are there when the heap is measured
      long heapBefore = server.heap();
      long start = System.nanoTime();
      for (int i = 0; i < CLIENTS; i++) {
        RawClient client = RawClient.to(main);
        clients.add(client);
        client.send(Bytes.online(id(i)));
      }
      for (RawClient client : clients) {
        sessions.add(client.readSessionId());
      }
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      long heapPerClient = (server.heap() - heapBefore) / CLIENTS;
      System.out.printf(
          "%d clients went online in %d ms; each takes %d bytes of the server's heap.%n",
          CLIENTS, took.toMillis(), heapPerClient);

      assertThat(server.ask("online")).isEqualTo(CLIENTS);
      assertThat(sessions).doesNotHaveDuplicates();
      assertThat(heapPerClient).isLessThan(MAX_HEAP_BYTES_PER_CLIENT);
      for (int i = 0; i < CLIENTS; i += 97) {
        int target = CLIENTS - 1 - i;
        expectIntroduction(aux, sessions.get(i), id(i), clients.get(target), id(target));
      }

      leave(clients);
      await().atMost(Duration.ofSeconds(10)).until(() -> server.ask("online") == 0);
      for (int i = 0; i < CLIENTS; i += 97) {
        RawClient successor = RawClient.to(main);
        clients.add(successor);
        successor.goOnline(id(i));
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  private static InetSocketAddress loopback(long port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Math.toIntExact(port));
  }

  private static String id(int i) {
    return "client " + i;
  }

  private static void expectIntroduction(
      InetSocketAddress server, String session, String sender, RawClient target, String targetId)
      throws IOException {
    try (RawClient aux = RawClient.to(server)) {
      aux.send(Bytes.introduce(Bytes.INVITE, LAN, session, targetId));
      assertThat(Bytes.frame(target.readFrame()))
          .isEqualTo(Bytes.introduction(Bytes.INVITE, LAN, aux.address(), sender));
    }
  }

  /** Some say goodbye, the others vanish. */
  private static void leave(List<RawClient> clients) throws IOException {
    for (int i = 0; i < clients.size(); i++) {
      if (i % 10 == 0) {
        clients.get(i).close();
      } else {
        clients.get(i).reset();
      }
    }
  }
}
