package io.culvert.client.quic;

import static io.culvert.client.quic.TwoPeers.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.client.CulvertException;
import io.culvert.wire.transport.Transport;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuicStreamTest {
  private static final int MEGABYTE = 1 << 20;
  private static final Duration BRIEFLY = Duration.ofMillis(300);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void tenMegabytesInBothDirectionsArriveAsTheyWere(Transport kind) throws Exception {
    try (TwoPeers peers = TwoPeers.connected(kind)) {
      QuicStream alice = peers.alice().openStream();
      Future<Long> sentByAlice = threads.submit(() -> Noise.send(alice, 1, 10 * MEGABYTE));
      QuicStream bob = peers.bob().acceptStream(SOON);
      Future<Long> sentByBob = threads.submit(() -> Noise.send(bob, 2, 10 * MEGABYTE));
      Future<Long> readByBob = threads.submit(() -> Noise.read(bob));
      assertThat(Noise.read(alice)).isEqualTo(sentByBob.get());
      assertThat(readByBob.get()).isEqualTo(sentByAlice.get());
    }
  }

  @Test
  void aThousandStreamsAtOnceDoNotGetMixedUp() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      Future<?> echo = threads.submit(() -> echo(peers.bob(), 1000));
      List<QuicStream> streams = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        QuicStream stream = peers.alice().openStream(SOON);
        stream.write(text("number " + i));
        streams.add(stream);
      }
      for (int i = 999; i >= 0; i--) {
        QuicStream stream = streams.get(i);
        stream.shutdownOutput();
        assertThat(stream.input().readAllBytes()).asString().isEqualTo("number " + i);
      }
      echo.get();
    }
  }

  @Test
  void whatIsMoreThanThePeerAllowsWaitsForItsTurn() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      List<QuicStream> streams = new ArrayList<>();
      for (int i = 0; i < QuicSetup.MAX_STREAMS; i++) {
        streams.add(peers.alice().openStream(SOON));
      }
      assertThatThrownBy(() -> peers.alice().openStream(BRIEFLY))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("bob has not allowed for a stream within 300 ms.");
      Future<?> echo = threads.submit(() -> echo(peers.bob(), QuicSetup.MAX_STREAMS + 1));
      for (QuicStream stream : streams) {
        stream.shutdownOutput();
        assertThat(stream.input().read()).isEqualTo(-1);
      }
      peers.alice().openStream(SOON).shutdownOutput();
      echo.get();
    }
  }

  @Test
  void moreStreamsThanMayBeOpenAtOnceCanFollowEachOther() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      int number = 3 * QuicSetup.MAX_STREAMS;
      Future<?> echo = threads.submit(() -> echo(peers.bob(), number));
      for (int i = 0; i < number; i++) {
        QuicStream stream = peers.alice().openStream(SOON);
        stream.shutdownOutput();
        assertThat(stream.input().read()).isEqualTo(-1);
      }
      echo.get();
    }
  }

  @Test
  void oneDirectionEndsAndTheOtherGoesOn() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      QuicStream alice = peers.alice().openStream();
      alice.write(text("question"));
      alice.shutdownOutput();
      QuicStream bob = peers.bob().acceptStream(SOON);
      assertThat(bob.input().readAllBytes()).asString().isEqualTo("question");
      bob.write(text("long "));
      bob.write(text("answer"));
      bob.shutdownOutput();
      assertThat(alice.input().readAllBytes()).asString().isEqualTo("long answer");
      assertThatThrownBy(() -> alice.write(text("more")))
          .isInstanceOf(IOException.class)
          .hasMessage("This side has said that it sends nothing more on the stream.");
    }
  }

  @Test
  void aBrokenOffStreamTellsTheCodeToWhoReadsAndWhoWrites() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      QuicStream alice = peers.alice().openStream();
      alice.write(text("beginning"));
      QuicStream bob = peers.bob().acceptStream(SOON);
      assertThat(bob.input().readNBytes(9)).asString().isEqualTo("beginning");
      alice.reset(77);
      assertThatThrownBy(() -> bob.input().read())
          .isInstanceOfSatisfying(
              StreamResetException.class, e -> assertThat(e.code()).isEqualTo(77));
      assertThatThrownBy(() -> writeForEver(bob))
          .isInstanceOfSatisfying(
              StreamResetException.class, e -> assertThat(e.code()).isEqualTo(77));
      assertThatThrownBy(() -> alice.input().read()).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> alice.write(text("more")))
          .hasMessage("This side has broken off the stream.");
      peers.alice().openStream().close();
      assertThat(peers.bob().acceptStream(SOON).input().read()).isEqualTo(-1);
    }
  }

  @Test
  void aResetAtAnyMomentFreesWhoWaitsToWrite() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      for (int i = 0; i < 50; i++) {
        QuicStream alice = peers.alice().openStream();
        CompletableFuture<Throwable> writing = failure(() -> writeForEver(alice));
        QuicStream bob = peers.bob().acceptStream(SOON);
        assertThat(bob.input().readNBytes(i * 1000)).hasSize(i * 1000);
        bob.reset(i);
        assertThat(writing.get()).isInstanceOf(StreamResetException.class);
      }
    }
  }

  @Test
  void whoWritesWaitsWhileNobodyReads() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      QuicStream alice = peers.alice().openStream();
      alice.timeout(BRIEFLY);
      long taken = writeUntilFull(alice);
      assertThat(taken).isBetween(256L << 10, 2L * MEGABYTE);

      // Others go on meanwhile.
      QuicStream slow = peers.bob().acceptStream(SOON);
      QuicStream quick = peers.alice().openStream();
      Future<Long> sent = threads.submit(() -> Noise.send(quick, 3, 10 * MEGABYTE));
      assertThat(Noise.read(peers.bob().acceptStream(SOON))).isEqualTo(sent.get());

      alice.shutdownOutput();
      assertThat(slow.input().readAllBytes()).hasSize((int) taken);
    }
  }

  @Test
  void whoReadsWaitsOnlySoLong() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      QuicStream alice = peers.alice().openStream();
      alice.write(text("?"));
      QuicStream bob = peers.bob().acceptStream(SOON);
      alice.timeout(BRIEFLY);
      assertThatThrownBy(() -> alice.input().read())
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("Nothing has come on the stream within 300 ms.");
      alice.timeout(null);
      bob.write(text("!"));
      assertThat(alice.input().read()).isEqualTo('!');
    }
  }

  @Test
  void whoWaitsCanBeInterruptedAndTheStreamGoesOn() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      QuicStream alice = peers.alice().openStream();
      CompletableFuture<Throwable> reading = new CompletableFuture<>();
      Thread reader =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  alice.read(ByteBuffer.allocate(1));
                } catch (Exception e) {
                  reading.complete(e);
                }
              });
      await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
      reader.interrupt();
      assertThat(reading.get()).isInstanceOf(InterruptedException.class);
      alice.shutdownOutput();
      peers.bob().acceptStream(SOON).shutdownOutput();
      assertThat(alice.input().read()).isEqualTo(-1);
    }
  }

  @Test
  void whatIsWrittenBeforeClosingArrives() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      try (QuicStream alice = peers.alice().openStream()) {
        alice.write(ByteBuffer.allocate(100_000));
      }
      QuicStream bob = peers.bob().acceptStream(SOON);
      assertThat(bob.input().readAllBytes()).hasSize(100_000);
      // What nobody reads any more is thrown away.
      bob.timeout(SOON);
      assertThat(Noise.send(bob, 4, 10 * MEGABYTE)).isNotZero();
    }
  }

  @Test
  void whatHasArrivedCanBeReadWhenTheConnectionIsOver() throws Exception {
    try (TwoPeers peers = TwoPeers.connected()) {
      QuicStream alice = peers.alice().openStream();
      alice.write(text("last words"));
      QuicStream bob = peers.bob().acceptStream(SOON);
      assertThat(bob.input().read()).isEqualTo('l');
      peers.alice().close(0, "done");
      peers.bob().ended().join();
      assertThat(bob.input().readNBytes(9)).asString().isEqualTo("ast words");
      assertThatThrownBy(() -> bob.input().read())
          .isInstanceOf(CulvertException.class)
          .hasMessage("alice has closed the connection: done");
      assertThatThrownBy(() -> writeForEver(bob)).isInstanceOf(CulvertException.class);
      assertThatThrownBy(() -> alice.input().read())
          .isInstanceOf(CulvertException.class)
          .hasMessage("done");
    }
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void writeForEver(QuicStream stream) throws Exception {
    while (true) {
      stream.write(ByteBuffer.allocate(64 << 10));
    }
  }

  private static long writeUntilFull(QuicStream stream) throws Exception {
    long taken = 0;
    while (true) {
      ByteBuffer chunk = ByteBuffer.allocate(10_000);
      try {
        stream.write(chunk);
      } catch (SocketTimeoutException e) {
        return taken + chunk.position();
      }
      taken += chunk.capacity();
    }
  }

  private static boolean echo(QuicConnection connection, int streams) throws Exception {
    for (int i = 0; i < streams; i++) {
      QuicStream stream = connection.acceptStream(SOON);
      Thread.ofVirtual()
          .start(() -> {
            try {
              stream.input().transferTo(stream.output());
              stream.shutdownOutput();
            } catch (IOException e) {
              stream.reset(1);
            }
          });
    }
    return true;
  }

  private interface Work {
    void run() throws Exception;
  }

  private CompletableFuture<Throwable> failure(Work work) {
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    threads.execute(() -> {
      try {
        work.run();
      } catch (Exception e) {
        failure.complete(e);
      }
    });
    return failure;
  }
}
