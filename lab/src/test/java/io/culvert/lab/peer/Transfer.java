package io.culvert.lab.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Stream;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Bytes that go from one peer to the other, on one stream. */
final class Transfer {
  /** Something that a transfer is to survive. */
  interface Event {
    void happens() throws Exception;
  }

  private Transfer() {}

  /** What is sent arrives, whatever happens in the middle. */
  static void expect(Connection from, Connection to, int bytes, Event inTheMiddle)
      throws Exception {
    byte[] sent = new byte[bytes];
    new Random(bytes).nextBytes(sent);
    AtomicLong read = new AtomicLong();
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (Stream stream = to.acceptStream()) {
            byte[] all = new byte[bytes];
            int at = 0;
            for (int n = 0; n >= 0 && at < bytes; n = stream.input().read(all, at, bytes - at)) {
              at += n;
              read.set(at);
            }
            received.complete(all);
          } catch (IOException | InterruptedException e) {
            received.completeExceptionally(e);
          }
        });
    Thread.ofVirtual()
        .start(() -> {
          try {
            Stream stream = from.openStream();
            stream.output().write(sent);
            stream.shutdownOutput();
          } catch (IOException | InterruptedException e) {
            received.completeExceptionally(e);
          }
        });
    await().until(() -> read.get() >= bytes / 4 || received.isDone());
    inTheMiddle.happens();
    assertThat(received.get()).isEqualTo(sent);
  }
}
