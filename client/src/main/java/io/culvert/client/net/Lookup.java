package io.culvert.client.net;

import io.culvert.client.ServerAddress;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks up names, which may take its time, beside the event loop. */
public final class Lookup {
  private static final Logger log = LoggerFactory.getLogger(Lookup.class);

  private Lookup() {}

  /** The future ends on the event loop, with an address or an {@link UnknownHostException}. */
  public static CompletableFuture<InetSocketAddress> of(ServerAddress server, EventLoop loop) {
    return all(server, loop).thenApply(List::getFirst);
  }

  /** The same with all addresses that there are, the preferred ones first. */
  public static CompletableFuture<List<InetSocketAddress>> all(
      ServerAddress server, EventLoop loop) {
    CompletableFuture<List<InetSocketAddress>> result = new CompletableFuture<>();
    if (NetUtil.createByteArrayFromIpAddressString(server.host()) != null) {
      lookUp(server, result).run();
    } else {
      // A platform thread stays in the network of the thread that starts it.
      Thread.ofPlatform()
          .daemon()
          .name("culvert-lookup")
          .start(() -> {
            Runnable answer = lookUp(server, result);
            try {
              loop.execute(answer);
            } catch (RejectedExecutionException e) {
              log.debug("Nobody waits for the address of {} any more.", server);
            }
          });
    }
    return result;
  }

  private static Runnable lookUp(
      ServerAddress server, CompletableFuture<List<InetSocketAddress>> result) {
    try {
      List<InetSocketAddress> addresses = server.resolveAll();
      return () -> result.complete(addresses);
    } catch (UnknownHostException e) {
      return () -> result.completeExceptionally(e);
    }
  }
}
