package io.culvert.client.net;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A link whose bytes are datagrams on a path that somebody else keeps open. What the application
 * does not receive in time is lost, as it is on the way.
 */
public final class UdpLink implements Link {
  /** The owner of the path. */
  public interface Owner {
    /**
     * Sends one datagram to the peer, waiting until it has left; false when there is no path any
     * more. Thread-safe.
     */
    boolean send(byte[] datagram) throws InterruptedException;

    /** The application is done with the link: hangs up, closes sockets. Thread-safe. */
    void close();
  }

  private final String peer;
  private final Owner owner;
  private final Inbox inbox = new Inbox(on -> drop = !on);
  private volatile boolean drop;
  private volatile boolean finished;
  private volatile Path path;
  private volatile InetSocketAddress remote;
  private volatile Consumer<Path> whenMoved = to -> {};

  public UdpLink(String peer, Path path, InetSocketAddress remote, Owner owner) {
    this.peer = peer;
    this.path = path;
    this.remote = remote;
    this.owner = owner;
  }

  /** The peer is reached on another way from now on. */
  public void moved(Path to, InetSocketAddress address) {
    Path before = path;
    path = to;
    remote = address;
    if (before != to) {
      whenMoved.accept(to);
    }
  }

  /** The peer has sent this. */
  public void received(byte[] datagram) {
    if (!drop) {
      inbox.add(datagram);
    }
  }

  /** The peer has ended the conversation, or with a reason: the path is lost. */
  public void ended(@Nullable CulvertException why) {
    inbox.end(why);
  }

  @Override
  public Kind kind() {
    return Kind.DATAGRAMS;
  }

  @Override
  public String peer() {
    return peer;
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public InetSocketAddress remote() {
    return remote;
  }

  @Override
  public void whenMoved(Consumer<Path> listener) {
    whenMoved = listener;
  }

  @Override
  public void send(byte[] bytes) throws CulvertException, InterruptedException {
    if (finished) {
      throw new CulvertException(
          Reason.CLOSED, "Nothing more can be sent to " + peer + ": this side has finished.");
    }
    int at = 0;
    do {
      int end = Math.min(bytes.length, at + MAX_DATAGRAM_BYTES);
      if (!owner.send(Arrays.copyOfRange(bytes, at, end))) {
        throw new CulvertException(Reason.LINK_LOST, "There is no way to " + peer + " any more.");
      }
      at = end;
    } while (at < bytes.length);
  }

  @Override
  public byte @Nullable [] receive() throws IOException, InterruptedException {
    return inbox.take();
  }

  /** Datagrams have no end that the peer could see before {@link #close}. */
  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public void close() {
    finished = true;
    inbox.end(null);
    owner.close();
  }

  @Override
  public void abort() {
    close();
  }
}
