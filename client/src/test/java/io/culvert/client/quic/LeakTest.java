package io.culvert.client.quic;

import static io.culvert.client.quic.TwoPeers.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LeakTest {
  @Test
  void everyBufferIsReleased() throws Exception {
    // In a JVM of its own: Netty asks for its detector when the first buffer is made.
    Process lives =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Lives.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(lives.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(lives.waitFor()).as(output).isZero();
    assertThat(output).endsWith("all released\n").doesNotContain("LEAK");
  }

  /** Connections that end in all sorts of ways. */
  static final class Lives {
    private Lives() {}

    public static void main(String[] args) throws Exception {
      ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Counting());
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
      for (int i = 0; i < 3; i++) {
        aTransfer();
        whatNobodyReads();
        resets();
        TwoPeers.apart().close();
      }
      for (int i = 0; i < 20; i++) { // leaks are reported when the next buffer is made
        System.gc();
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(1 << 10);
        buffer.release();
      }
      System.out.println("all released");
      System.exit(0);
    }

    private static void aTransfer() throws Exception {
      try (TwoPeers peers = TwoPeers.connected();
          QuicStream alice = peers.alice().openStream()) {
        Thread sender =
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    var _ = Noise.send(alice, 1, 2 << 20);
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
        var _ = Noise.read(peers.bob().acceptStream(SOON));
        sender.join();
      }
    }

    private static void whatNobodyReads() throws Exception {
      try (TwoPeers peers = TwoPeers.connected()) {
        for (int i = 0; i < 20; i++) {
          QuicStream stream = peers.alice().openStream();
          stream.write(ByteBuffer.allocate(200_000));
          peers.alice().sendDatagram(ByteBuffer.allocate(500));
        }
        var _ = peers.bob().acceptStream(SOON).read(ByteBuffer.allocate(10));
      }
    }

    private static void resets() throws Exception {
      try (TwoPeers peers = TwoPeers.connected()) {
        for (int i = 0; i < 20; i++) {
          QuicStream alice = peers.alice().openStream();
          alice.write(ByteBuffer.allocate(300_000));
          QuicStream bob = peers.bob().acceptStream(SOON);
          var _ = bob.read(ByteBuffer.allocate(10));
          (i % 2 == 0 ? alice : bob).reset(i);
        }
      }
    }
  }

  private static final class Counting extends ResourceLeakDetectorFactory {
    @Override
    @SuppressWarnings("deprecation") // another method calls it
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int interval, long maxActive) {
      return newResourceLeakDetector(resource, interval);
    }

    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval) {
      return new ResourceLeakDetector<>(resource, interval) {
        @Override
        protected void reportTracedLeak(String type, String records) {
          System.out.println("LEAK " + type + records);
        }

        @Override
        protected void reportUntracedLeak(String type) {
          System.out.println("LEAK " + type);
        }

        @Override
        protected boolean needReport() {
          return true;
        }
      };
    }
  }
}
