package io.culvert.wire.transport.udp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Says when interfaces, addresses or routes of the network are other ones, as soon as Linux does:
 * rtnetlink(7). Confined to an event loop of epoll; what is said is of the network namespace which
 * its thread is in.
 */
public final class NetworkEvents implements AutoCloseable {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;

  /** A sockaddr_nl: family, padding, port, groups; the kernel chooses the port. */
  private static final int ADDRESS_BYTES = 12;

  private static final int GROUPS_AT = 8;

  /** RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE. */
  private static final int GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

  /** Twice what the kernel puts into one message. */
  private static final int ROOM = 32 << 10;

  private final IoEventLoop loop;
  private final Runnable changed;
  private final FileDescriptor fd;
  private final NetworkNews news = new NetworkNews();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(ROOM);
  private @Nullable IoRegistration registration;

  private NetworkEvents(IoEventLoop loop, Runnable changed, FileDescriptor fd) {
    this.loop = loop;
    this.changed = changed;
    this.fd = fd;
  }

  /**
   * Listens from now on; only the loop's thread may call this.
   *
   * @param changed run on the loop, once or several times for one change
   * @throws IOException when this system or its rules have no such thing
   */
  public static NetworkEvents open(IoEventLoop loop, Runnable changed) throws IOException {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("only the event loop opens this");
    }
    if (!loop.isCompatible(EpollIoHandle.class)) {
      throw new IOException("there is no netlink without epoll");
    }
    NetworkEvents events = new NetworkEvents(loop, changed, new FileDescriptor(socket()));
    try {
      events.registration = EventLoops.register(loop, events.new Handle(), EpollIoOps.EPOLLIN);
      return events;
    } catch (IOException e) {
      events.close();
      throw e;
    }
  }

  private static int socket() throws SocketException {
    LinuxCalls calls = new LinuxCalls();
    int type = SOCK_RAW | LinuxSockets.SOCK_NONBLOCK | LinuxSockets.SOCK_CLOEXEC;
    int fd = calls.socket(AF_NETLINK, type);
    if (fd < 0) {
      throw new SocketException("no netlink socket: " + calls.describe(-fd));
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
      address.set(ValueLayout.JAVA_INT, GROUPS_AT, GROUPS);
      int bound = calls.bind(fd, address, ADDRESS_BYTES);
      if (bound < 0) {
        calls.close(fd);
        throw new SocketException("netlink tells us nothing: " + calls.describe(-bound));
      }
    }
    return fd;
  }

  private void read() {
    boolean isNews = false;
    try {
      int length = fd.read(buffer, 0, buffer.capacity());
      while (length > 0) {
        isNews |= news.isIn(buffer.slice(0, length));
        length = fd.read(buffer, 0, buffer.capacity());
      }
    } catch (IOException e) {
      isNews = true; // there has been more to say than the socket has room for
    }
    if (isNews) {
      changed.run();
    }
  }

  /** Hears nothing any more; the second time it does nothing. */
  @Override
  public void close() {
    if (!fd.isOpen()) {
      return;
    }
    try {
      fd.close(); // before its registration ends: a closed descriptor has left the epoll set
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (registration != null && !loop.isTerminated()) {
      registration.cancel();
    }
  }

  private final class Handle implements EpollIoHandle {
    @Override
    public FileDescriptor fd() {
      return fd;
    }

    @Override
    public void handle(IoRegistration itsRegistration, IoEvent event) {
      if (fd.isOpen()) {
        read();
      }
    }

    @Override
    public void close() {
      NetworkEvents.this.close();
    }
  }
}
