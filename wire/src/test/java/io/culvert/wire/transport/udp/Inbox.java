package io.culvert.wire.transport.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what a port receives, for the test's thread. */
class Inbox implements DatagramPort.Receiver {
  /** A datagram, and where in the port's buffer it was. */
  record Datagram(ByteBuf content, Endpoint from, int index) {
    byte[] bytes() {
      return ByteBufUtil.getBytes(content);
    }
  }

  record Unreachable(Endpoint to, int type, int code, int data) {}

  private final BlockingQueue<Datagram> datagrams = new LinkedBlockingQueue<>();
  private final BlockingQueue<Unreachable> errors = new LinkedBlockingQueue<>();

  @Override
  public void received(ByteBuf buffer, int index, int length, long high, long low, int port) {
    datagrams.add(
        new Datagram(
            Unpooled.copiedBuffer(buffer.slice(index, length)),
            new Endpoint(high, low, port),
            index));
  }

  @Override
  public void unreachable(Endpoint to, int type, int code, int data) {
    errors.add(new Unreachable(to, type, code, data));
  }

  Datagram take() throws InterruptedException {
    return taken(datagrams.poll(10, TimeUnit.SECONDS));
  }

  Unreachable takeError() throws InterruptedException {
    return taken(errors.poll(10, TimeUnit.SECONDS));
  }

  int size() {
    return datagrams.size();
  }

  private static <T> T taken(@Nullable T element) {
    if (element == null) {
      throw new AssertionError("nothing has come in");
    }
    return element;
  }
}
