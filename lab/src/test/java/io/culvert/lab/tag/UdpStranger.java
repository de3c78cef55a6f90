package io.culvert.lab.tag;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.lab.net.Host;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage.Probe;
import io.culvert.wire.tag.TagMessage.ProbeAnswer;
import java.io.IOException;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Somebody else who has the private address of a peer, and takes datagrams on all ports: sends each
 * back, and answers a probe as a client does that knows nothing of it.
 */
final class UdpStranger implements AutoCloseable {
  private static final int PORT = 7;

  private final RawSocket socket;
  private final AtomicInteger visits = new AtomicInteger();

  private UdpStranger(RawSocket socket) {
    this.socket = socket;
  }

  static UdpStranger onEveryPortOf(Host host) throws Exception {
    UdpStranger stranger = new UdpStranger(host.run(() -> new RawSocket(host.address(), PORT)));
    String everyPort =
        "table ip udp-stranger { chain redirected { type nat hook prerouting priority dstnat;"
            + " meta l4proto udp redirect to :%d; }; }".formatted(PORT);
    Process nft = host.start("nft", everyPort);
    if (nft.waitFor() != 0) {
      throw new IOException(new String(nft.getErrorStream().readAllBytes(), UTF_8));
    }
    Thread.ofPlatform().daemon().start(stranger::receive);
    return stranger;
  }

  int visits() {
    return visits.get();
  }

  private void receive() {
    try {
      while (true) {
        RawSocket.Heard<Probe> probe = socket.receive(Probe.class);
        visits.incrementAndGet();
        socket.send(probe.message(), probe.from());
        socket.send(
            new ProbeAnswer(
                probe.message().mid(), probe.message().token(), Status.of(Status.UNKNOWN)),
            probe.from());
      }
    } catch (SocketException e) {
      // closed
    } catch (IOException | MalformedMessageException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
