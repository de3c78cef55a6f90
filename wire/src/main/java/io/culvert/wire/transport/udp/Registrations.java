package io.culvert.wire.transport.udp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import java.io.IOException;

/** Puts a handle into its event loop, at once. */
final class Registrations {
  private Registrations() {}

  /** The caller is the loop's thread. */
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
}
