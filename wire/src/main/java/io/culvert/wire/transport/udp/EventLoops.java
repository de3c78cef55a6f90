package io.culvert.wire.transport.udp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.io.IOException;

/** What ports of all kinds want of their event loop; the caller is its thread. */
final class EventLoops {
  private EventLoops() {}

  /** Has the loop call the handle from now on. */
  static IoRegistration register(IoEventLoop loop, IoHandle handle, IoOps interest)
      throws IOException {
    Future<IoRegistration> registered = loop.register(handle);
    if (!registered.isSuccess()) {
      throw new IOException("the event loop does not take the socket", registered.cause());
    }
    IoRegistration registration = registered.getNow();
    registration.submit(interest);
    return registration;
  }

  /**
   * Has the loop log a receiver's mistake, as it does with those of tasks. Thrown at it, the
   * mistake would cost everybody a second: so long it waits after a failure of what it calls.
   */
  static void report(IoEventLoop loop, RuntimeException mistake) {
    loop.execute(() -> {
      throw mistake;
    });
  }
}
