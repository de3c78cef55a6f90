package io.culvert.client.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * One port number to punch from, of UDP and of TCP: a socket that sends and receives datagrams, and
 * a listener. Confined to the event loop.
 */
public final class PunchPort {
  /** Somebody else may have the TCP port of a number whose UDP port is free. */
  private static final int ATTEMPTS = 16;

  /** Who is told whether it is open; one of the two is called, once. */
  public interface Opened {
    /** Both sockets are there. */
    void opened(PunchPort port);

    /** There is no such port. */
    void failed(Throwable why);
  }

  private final Channel datagrams;
  private final Channel listener;

  private PunchPort(Channel datagrams, Channel listener) {
    this.datagrams = datagrams;
    this.listener = listener;
  }

  /**
   * Opens a fresh port.
   *
   * @param datagramHandler of the UDP socket; sharable, since there is another socket when somebody
   *     else has the TCP port of the first number
   * @param accepted takes the TCP connections that are accepted on the port
   */
  public static void open(
      EventLoop loop,
      PunchSockets sockets,
      ChannelHandler datagramHandler,
      Consumer<Channel> accepted,
      Opened opened) {
    open(loop, sockets, datagramHandler, accepted, opened, ATTEMPTS);
  }

  private static void open(
      EventLoop loop,
      PunchSockets sockets,
      ChannelHandler datagramHandler,
      Consumer<Channel> accepted,
      Opened opened,
      int attempts) {
    ChannelFuture binding = DatagramSockets.open(loop, 0, datagramHandler);
    whenDone(
        binding,
        opened,
        datagrams -> {
          int port = ((InetSocketAddress) datagrams.localAddress()).getPort();
          ChannelFuture listening = sockets.listen(port, accepted);
          Opened again =
              new Opened() {
                @Override
                public void opened(PunchPort both) {
                  opened.opened(both);
                }

                @Override
                public void failed(Throwable why) {
                  datagrams.close();
                  if (attempts > 1) {
                    open(loop, sockets, datagramHandler, accepted, opened, attempts - 1);
                  } else {
                    opened.failed(why);
                  }
                }
              };
          whenDone(listening, again, listener -> opened.opened(new PunchPort(datagrams, listener)));
        });
  }

  private static void whenDone(ChannelFuture opening, Opened opened, Consumer<Channel> then) {
    if (PunchSockets.noneOpened(opening)) {
      opened.failed(opening.cause());
      return;
    }
    opening.addListener((ChannelFuture done) -> {
      if (done.isSuccess()) {
        then.accept(done.channel());
      } else {
        opened.failed(done.cause());
      }
    });
  }

  /** Its number. */
  public int number() {
    return ((InetSocketAddress) datagrams.localAddress()).getPort();
  }

  /** Accepts no connection any more; datagrams go on. */
  public void stopListening() {
    listener.close();
  }

  /** Closes both sockets. */
  public void close() {
    listener.close();
    datagrams.close();
  }
}
