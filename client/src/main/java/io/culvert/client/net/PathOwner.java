package io.culvert.client.net;

import io.netty.channel.ChannelFuture;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Lets any thread send on a path for datagrams that is confined to the event loop. */
public final class PathOwner implements UdpLink.Owner {
  /** What is done on the event loop. */
  public interface Confined {
    /** Sends one datagram to the peer; null when there is no path any more. */
    @Nullable ChannelFuture send(byte[] datagram);

    /** The application is done with the link. */
    void close();
  }

  private final ClientLoop loop;
  private final Confined path;

  public PathOwner(ClientLoop loop, Confined path) {
    this.loop = loop;
    this.path = path;
  }

  @Override
  public boolean send(byte[] datagram) throws InterruptedException {
    CompletableFuture<Boolean> sent = new CompletableFuture<>();
    return loop.execute(() -> send(datagram, sent)) && sent.join();
  }

  private void send(byte[] datagram, CompletableFuture<Boolean> sent) {
    ChannelFuture sending = path.send(datagram);
    if (sending == null) {
      sent.complete(false);
    } else {
      // One that the network refuses is lost as others are.
      sending.addListener((ChannelFuture done) -> sent.complete(true));
    }
  }

  @Override
  public void close() {
    loop.execute(path::close);
  }
}
