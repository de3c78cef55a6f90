package io.culvert.client.tag;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.Agreed;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.net.Greeting;
import io.culvert.client.net.PathOwner;
import io.culvert.client.net.PunchDriver;
import io.culvert.client.net.PunchPort;
import io.culvert.client.net.PunchSockets;
import io.culvert.client.net.TcpLink;
import io.culvert.client.net.UdpLink;
import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.tcp.PunchFailure;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.transport.SocketError;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a caller and a callee have in common: a port, the UDP hole from it to the peer, the attempt
 * to open TCP through it as well, and what comes of that. Confined to the client's event loop.
 */
final class Meeting {
  /** Three rounds of 3 s: a TCP punch may take 10 s. */
  private static final int TCP_ROUNDS = 3;

  private final ClientLoop loop;
  private final String peer;
  private final Runnable whenOver;
  private final PunchSockets sockets;
  private final PunchDriver driver;
  private final TagSocket socket;
  private final CompletableFuture<TagConnection> result = new CompletableFuture<>();
  private @Nullable PunchPort port;
  private @Nullable UdpLink hole;
  private @Nullable InetSocketAddress holeEnd;
  private String connectionKey = "";
  private boolean punching;
  private boolean holeHandedOver;
  private boolean over;

  /**
   * A meeting to come.
   *
   * @param greetings makes the first words on a TCP connection
   * @param whenOver runs once, when nothing of it is left but perhaps a TCP connection
   */
  Meeting(
      ClientLoop loop,
      String peer,
      TagSocket.Receiver receiver,
      Supplier<Greeting> greetings,
      Runnable whenOver) {
    this.loop = loop;
    this.peer = peer;
    this.whenOver = whenOver;
    this.socket = new TagSocket(receiver);
    this.sockets = new PunchSockets(loop.loop());
    this.driver = new PunchDriver(loop.loop(), sockets, greetings, new TcpOutcome());
  }

  /** Ends with a connection, or with a {@link CulvertException}; on the event loop. */
  CompletableFuture<TagConnection> result() {
    return result;
  }

  TagSocket socket() {
    return socket;
  }

  boolean isOver() {
    return over;
  }

  /** Takes a fresh port; then either {@code opened} runs or it is over. */
  void open(Runnable opened) {
    PunchPort.open(
        loop.loop(),
        sockets,
        socket,
        driver::accepted,
        new PunchPort.Opened() {
          @Override
          public void opened(PunchPort fresh) {
            port = fresh;
            if (over) {
              fresh.close();
            } else {
              opened.run();
            }
          }

          @Override
          public void failed(Throwable why) {
            fail(Reason.NOT_PUNCHED, "No socket can be opened: " + SocketError.explain(why) + ".");
          }
        });
  }

  /** Its number, once it is open. */
  int port() {
    return port == null ? 0 : port.number();
  }

  /** Where it is in our own network, on the way to the server. */
  Optional<InetSocketAddress> lanAddress(InetSocketAddress server) {
    return DatagramSockets.localAddressTowards(server).map(ip -> new InetSocketAddress(ip, port()));
  }

  /** The UDP hole leads to the peer on this way from now on. */
  void holeLeadsTo(Path path, InetSocketAddress to) {
    holeEnd = to;
    if (hole == null) {
      hole = new UdpLink(peer, path, to, new PathOwner(loop, new Hole()));
    } else {
      hole.moved(path, to);
    }
  }

  /** Opens TCP through the hole, unless that is under way already. */
  void connect(Role role, PeerAddresses addresses) {
    if (!punching && port != null) {
      punching = true;
      driver.start(role, port.number(), peer, addresses, TCP_ROUNDS);
    }
  }

  /** The peers have agreed on this name of the connection. */
  void agreedOn(String key) {
    connectionKey = key;
  }

  /** A datagram that is not of the protocol. */
  void received(byte[] datagram, InetSocketAddress from) {
    if (hole != null && from.equals(holeEnd)) {
      hole.received(datagram);
    }
  }

  /** The hole has closed. */
  void holeLost() {
    CulvertException why =
        new CulvertException(Reason.LINK_LOST, "The UDP hole to " + peer + " has closed.");
    if (hole != null) {
      hole.ended(why);
    }
    cancel(why);
  }

  void fail(Reason reason, String sentence) {
    cancel(new CulvertException(reason, sentence));
  }

  /** Ends it, unless it is over already. */
  void cancel(CulvertException why) {
    if (!over) {
      release();
      result.completeExceptionally(why);
    }
  }

  private void release() {
    over = true;
    driver.stop();
    if (port != null) {
      port.close();
    }
    if (holeHandedOver) {
      loop.linkClosed();
    }
    whenOver.run();
  }

  private final class TcpOutcome implements PunchDriver.Outcome {
    @Override
    public void succeeded(Agreed connection) {
      TcpLink link = connection.link();
      release();
      loop.linkOpened();
      link.whenClosed(loop::linkClosed);
      if (!result.complete(new TagConnection.Tcp(link, connectionKey))) {
        link.abort();
      }
    }

    @Override
    public void failed(PunchFailure failure) {
      if (hole == null || port == null) {
        fail(Reason.NOT_PUNCHED, failure.sentence());
        return;
      }
      port.stopListening();
      loop.linkOpened();
      holeHandedOver = true;
      if (!result.complete(new TagConnection.Udp(hole, failure.sentence()))) {
        hole.close();
      }
    }
  }

  private final class Hole implements PathOwner.Confined {
    @Override
    public @Nullable ChannelFuture send(byte[] datagram) {
      return over || holeEnd == null ? null : socket.send(datagram, holeEnd);
    }

    @Override
    public void close() {
      if (!over) {
        release();
      }
    }
  }
}
