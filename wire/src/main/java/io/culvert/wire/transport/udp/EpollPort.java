package io.culvert.wire.transport.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A port of Linux: a descriptor in the event loop's epoll set, level-triggered. */
final class EpollPort implements DatagramPort, EpollIoHandle {
  private final EpollSockets sockets;
  private final FileDescriptor fd;
  private final Endpoint localAddress;
  private final boolean reportsErrors;
  private final Receiver receiver;
  private @Nullable IoRegistration registration;
  private boolean dontFragment;
  private int hopLimit;
  private int joinsBelow;
  private long unsent;

  /** The chain of what is to be sent; its batch keeps it. */
  int firstWaiting = SendBatch.NONE;

  int lastWaiting = SendBatch.NONE;

  EpollPort(
      EpollSockets sockets,
      int fd,
      Endpoint localAddress,
      boolean reportsErrors,
      Receiver receiver) {
    this.sockets = sockets;
    this.fd = new FileDescriptor(fd);
    this.localAddress = localAddress;
    this.reportsErrors = reportsErrors;
    this.receiver = receiver;
    joinsBelow = sockets.options().joinReceived(fd) ? Integer.MAX_VALUE : 0;
  }

  /** Has the event loop call this port when something comes in. */
  void register() throws IOException {
    registration = EventLoops.register(sockets.loop(), this, EpollIoOps.EPOLLIN);
  }

  @Override
  public Endpoint localAddress() {
    return localAddress;
  }

  @Override
  public FileDescriptor fd() {
    return fd;
  }

  int descriptor() {
    return fd.intValue();
  }

  boolean isOpen() {
    return fd.isOpen();
  }

  /** Whether datagrams of that length may leave as one message. */
  boolean joins(int length) {
    return length < joinsBelow;
  }

  /** Datagrams of that length or longer leave one by one from now on. */
  void joinBelow(int length) {
    joinsBelow = Math.min(joinsBelow, length);
  }

  void countUnsent(int datagrams) {
    unsent += datagrams;
  }

  @Override
  public void handle(IoRegistration itsRegistration, IoEvent event) {
    if (reportsErrors && ((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLERR)) {
      sockets.errors().drain(this);
    }
    // Also with an error alone: what is pending on the socket ends with the call that returns it.
    if (isOpen()) {
      receive();
    }
  }

  /**
   * What waits, as long as there are whole batches of it, but no more than leaves together: then it
   * is the next port's turn. Runs to one receiver so grow long when many senders take turns.
   */
  private void receive() {
    ReceiveBatch batch = sockets.received();
    int datagrams = 0;
    int messages;
    do {
      messages = batch.receive(descriptor());
      for (int message = 0; message < messages && isOpen(); message++) {
        datagrams += receive(batch, message);
      }
    } while (messages == ReceiveBatch.MESSAGES && datagrams < SendBatch.DATAGRAMS && isOpen());
  }

  /** Hands over the datagrams of a message; how many there were. */
  private int receive(ReceiveBatch batch, int message) {
    int index = ReceiveBatch.index(message);
    int end = index + batch.length(message);
    int segment = batch.segmentLength(message);
    long high = batch.high(message);
    long low = batch.low(message);
    int port = batch.port(message);
    int datagrams = 0;
    do {
      int length = Math.min(segment, end - index);
      received(batch.buffer(), index, length, high, low, port);
      index += length;
      datagrams++;
    } while (index < end && isOpen());
    return datagrams;
  }

  /** A receiver's mistake costs it this datagram and not everybody the loop. */
  private void received(ByteBuf buffer, int index, int length, long high, long low, int port) {
    try {
      receiver.received(buffer, index, length, high, low, port);
    } catch (RuntimeException e) {
      EventLoops.report(sockets.loop(), e);
    }
  }

  /** ICMP has said so. */
  void unreachable(Endpoint to, int type, int code, int data) {
    try {
      receiver.unreachable(to, type, code, data);
    } catch (RuntimeException e) {
      EventLoops.report(sockets.loop(), e);
    }
  }

  @Override
  public void send(ByteBuf bytes, int index, int length, Endpoint to) {
    if (length > SendBatch.MAX_MESSAGE || to.isIpv4() != localAddress.isIpv4() || !isOpen()) {
      unsent++;
      return;
    }
    SendBatch waiting = sockets.waiting();
    if (waiting.isEmpty()) {
      sockets.flushThisRound();
    }
    waiting.add(this, bytes, index, length, to);
  }

  @Override
  public void dontFragment(boolean dontFragment) {
    if (this.dontFragment == dontFragment) {
      return;
    }
    sockets.waiting().flush();
    try {
      sockets.options().setDontFragment(descriptor(), localAddress.isIpv4(), dontFragment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.dontFragment = dontFragment;
  }

  @Override
  public boolean hopLimit(int routers) {
    if (hopLimit != routers) {
      sockets.waiting().flush();
      try {
        sockets.options().setHopLimit(descriptor(), routers);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      hopLimit = routers;
    }
    return true;
  }

  @Override
  public long dropped() {
    try {
      return sockets.options().dropped(descriptor());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long unsent() {
    return unsent;
  }

  @Override
  public void close() {
    if (!isOpen()) {
      return;
    }
    if (firstWaiting != SendBatch.NONE) {
      sockets.waiting().flush();
    }
    try {
      // Before its registration ends: a closed descriptor has left the epoll set already.
      fd.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // An event loop that has ended does not always close what was registered.
    if (registration != null && !sockets.loop().isTerminated()) {
      registration.cancel();
    }
    sockets.closed(this);
  }
}
