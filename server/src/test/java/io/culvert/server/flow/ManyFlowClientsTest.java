package io.culvert.server.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.Descriptors;
import io.culvert.server.ServerProcess;
import io.culvert.server.account.ManySessions;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ManyFlowClientsTest {
  private static final int CLIENTS = 10_000;
  private static final int MAX_BYTES_PER_CLIENT = 10 << 10;

  @Test
  @Timeout(120)
  void tenThousandClientsAreOnlineAtOnce(@TempDir Path data) throws Exception {
    Descriptors.assumeEnoughFor(CLIENTS);
    List<String> tokens = ManySessions.add(data, CLIENTS);
    List<RawFlowClient> clients = new ArrayList<>();
    try (ServerProcess server = ServerProcess.start(FlowProcess.class, data.toString())) {
      InetSocketAddress signal =
          new InetSocketAddress(TestFlowServer.LOOPBACK, Math.toIntExact(server.ask("signal")));
      try (RawFlowClient first = RawFlowClient.to(signal)) {
        // So that its classes are there when the memory is measured.
        first.send(0, tokens.getFirst(), "{}");
        first.send(2, tokens.getFirst(), "{'peerAccount':'x','myAccount':'account 0'}");
        first.expectFailure(32, "x is not online");
      }
      await().until(() -> server.ask("online") == 0);
      long heapBefore = server.heap();
      long directBefore = server.direct();
      long start = System.nanoTime();
      for (int i = 0; i < CLIENTS; i++) {
        RawFlowClient client = RawFlowClient.to(signal);
        clients.add(client);
        client.send(0, tokens.get(i), "{}");
      }
      await().atMost(Duration.ofSeconds(60)).until(() -> server.ask("online") == CLIENTS);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      long heap = (server.heap() - heapBefore) / CLIENTS;
      long direct = (server.direct() - directBefore) / CLIENTS;
      System.out.printf(
          "%d clients went online in %d ms; each takes %d bytes of heap and %d of other memory.%n",
          CLIENTS, took.toMillis(), heap, direct);

      assertThat(heap + direct).isLessThan(MAX_BYTES_PER_CLIENT);
      for (int i = 0; i < CLIENTS; i += 97) {
        int target = CLIENTS - 1 - i;
        String signalled =
            "{'data':{},'peerAccount':'account %d','myAccount':'account %d'}".formatted(target, i);
        clients.get(i).send(401, tokens.get(i), signalled);
        assertThat(clients.get(target).read()).isEqualTo(RawFlowClient.message(401, "", signalled));
      }

      leave(clients);
      await().atMost(Duration.ofSeconds(10)).until(() -> server.ask("online") == 0);
    } finally {
      for (RawFlowClient client : clients) {
        client.close();
      }
    }
  }

  /** Some say goodbye, the others vanish. */
  private static void leave(List<RawFlowClient> clients) throws Exception {
    for (int i = 0; i < clients.size(); i++) {
      if (i % 10 == 0) {
        clients.get(i).close();
      } else {
        clients.get(i).reset();
      }
    }
  }
}
