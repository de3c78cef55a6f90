package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.net.ClientLoop;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Looks up names, which may take its time, beside the event loop. */
final class Lookup {
  private Lookup() {}

  /** The future ends on the event loop, with an address or a {@link CulvertException}. */
  static CompletableFuture<InetSocketAddress> of(ServerAddress server, ClientLoop loop) {
    CompletableFuture<InetSocketAddress> result = new CompletableFuture<>();
    if (NetUtil.createByteArrayFromIpAddressString(server.host()) != null) {
      lookUp(server).accept(result);
    } else {
      // A platform thread stays in the network of the thread that starts it.
      Thread.ofPlatform()
          .daemon()
          .name("culvert-lookup")
          .start(() -> {
            Consumer<CompletableFuture<InetSocketAddress>> answer = lookUp(server);
            loop.execute(() -> answer.accept(result));
          });
    }
    return result;
  }

  private static Consumer<CompletableFuture<InetSocketAddress>> lookUp(ServerAddress server) {
    try {
      InetSocketAddress address = server.resolve();
      return result -> result.complete(address);
    } catch (UnknownHostException e) {
      CulvertException why =
          new CulvertException(
              Reason.SERVER_UNREACHABLE,
              "The server %s cannot be reached: %s.".formatted(server, e.getMessage()));
      return result -> result.completeExceptionally(why);
    }
  }
}
