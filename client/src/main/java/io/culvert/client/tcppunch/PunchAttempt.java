package io.culvert.client.tcppunch;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.Agreed;
import io.culvert.client.net.PunchDriver;
import io.culvert.client.net.PunchSockets;
import io.culvert.client.net.TcpLink;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.tcp.PunchFailure;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.tcppunch.TcpPunchChannelCodec;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import io.culvert.wire.transport.SocketError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to meet one peer: takes a fresh port, has the server show it to the peer, waits for
 * the peer's, punches. Confined to the client's event loop.
 */
final class PunchAttempt {
  private static final int ANY_PORT = 0;
  private static final int ROUNDS = 4;

  private final EventLoop loop;
  private final PunchSockets sockets;
  private final Role role;
  private final String peer;
  private final PunchDriver driver;
  private final CompletableFuture<TcpLink> result = new CompletableFuture<>();
  private @Nullable Channel aux;
  private @Nullable Channel listener;
  private @Nullable Future<?> patienceTimer;
  private @Nullable Introduction introduction;
  private int port;
  private boolean introduced;
  private boolean over;

  PunchAttempt(EventLoop loop, Role role, String self, String peer) {
    this.loop = loop;
    this.sockets = new PunchSockets(loop);
    this.role = role;
    this.peer = peer;
    this.driver =
        new PunchDriver(loop, sockets, () -> new NameGreeting(self, peer), new PunchOutcome());
  }

  String peer() {
    return peer;
  }

  /** Completed on the event loop, with a link or a {@link CulvertException}. */
  CompletableFuture<TcpLink> result() {
    return result;
  }

  /** Whether it still needs the server: the peer's addresses have not come yet. */
  boolean awaitsIntroduction() {
    return introduction == null && !over;
  }

  /**
   * Whether the peer can have answered; what comes before we have asked is for an older attempt.
   */
  boolean expectsAnswer() {
    return introduced && awaitsIntroduction();
  }

  /**
   * Takes a port and introduces itself.
   *
   * @param patience how long to wait for the peer's introduction
   */
  void start(RendezvousAddress server, String sessionId, Duration patience) {
    patienceTimer = loop.schedule(this::notAnswered, patience.toMillis(), TimeUnit.MILLISECONDS);
    ChannelFuture connecting =
        sockets.connect(ANY_PORT, server.aux(), TcpPunchChannelCodec.aux(), new AuxHandler(this));
    if (PunchSockets.noneOpened(connecting)) {
      noSocket(connecting);
      return;
    }
    aux = connecting.channel();
    connecting.addListener((ChannelFuture connected) -> {
      if (over) {
        connected.channel().close();
      } else if (connected.isSuccess()) {
        listen(connected.channel(), sessionId);
      } else {
        fail(
            Reason.SERVER_UNREACHABLE,
            "The server's tcp-a port %d cannot be reached: %s."
                .formatted(server.aux().getPort(), SocketError.explain(connected.cause())));
      }
    });
  }

  private void listen(Channel aux, String sessionId) {
    InetSocketAddress local = (InetSocketAddress) aux.localAddress();
    port = local.getPort();
    ChannelFuture binding = sockets.listen(port, driver::accepted);
    if (PunchSockets.noneOpened(binding)) {
      noSocket(binding);
      return;
    }
    listener = binding.channel();
    binding.addListener((ChannelFuture bound) -> {
      if (over) {
        bound.channel().close();
      } else if (bound.isSuccess()) {
        introduceOurselves(aux, local, sessionId);
      } else {
        fail(
            Reason.NOT_PUNCHED,
            "Cannot listen on port %d: %s.".formatted(port, SocketError.explain(bound.cause())));
      }
    });
  }

  private void introduceOurselves(Channel aux, InetSocketAddress local, String sessionId) {
    Kind kind =
        switch (role) {
          case INVITER -> Kind.INVITE;
          case CALLEE -> Kind.ACCEPT;
        };
    aux.writeAndFlush(new Introduce(kind, local, sessionId, peer));
    introduced = true;
    if (introduction != null) {
      punch(introduction);
    }
  }

  /** The peer's addresses have come: for a callee before the start, for an inviter afterwards. */
  void meet(Introduction introduction) {
    this.introduction = introduction;
    if (role == Role.INVITER) {
      punch(introduction);
    }
  }

  private void punch(Introduction introduction) {
    PeerAddresses addresses = PeerAddresses.of(introduction.local(), introduction.observed());
    driver.start(role, port, peer, addresses, ROUNDS);
  }

  /** The server does not know the peer, or not us. */
  void refused() {
    fail(
        Reason.PEER_OFFLINE,
        switch (role) {
          case INVITER -> peer + " is not online at this server.";
          case CALLEE -> peer + " has gone offline again.";
        });
  }

  private void notAnswered() {
    if (expectsAnswer()) {
      fail(Reason.NOT_ANSWERED, peer + " is online but has not answered the invitation.");
    } else if (!introduced) {
      fail(Reason.SERVER_UNREACHABLE, "The server's tcp-a port does not answer.");
    }
  }

  private void noSocket(ChannelFuture opening) {
    fail(
        Reason.NOT_PUNCHED,
        "No socket can be opened: " + SocketError.explain(opening.cause()) + ".");
  }

  private void fail(Reason reason, String sentence) {
    cancel(new CulvertException(reason, sentence));
  }

  /** Lets another attempt with the same peer take the place of this one. */
  void yieldTo(PunchAttempt other) {
    release();
    other
        .result()
        .whenComplete((link, why) -> {
          if (why == null) {
            result.complete(link);
          } else {
            result.completeExceptionally(why);
          }
        });
  }

  /** Gives up for this reason, unless it is over already. */
  void cancel(CulvertException why) {
    if (!over) {
      release();
      result.completeExceptionally(why);
    }
  }

  private void release() {
    over = true;
    driver.stop();
    if (patienceTimer != null) {
      patienceTimer.cancel(false);
    }
    if (aux != null) {
      aux.close();
    }
    if (listener != null) {
      listener.close();
    }
  }

  private final class PunchOutcome implements PunchDriver.Outcome {
    @Override
    public void succeeded(Agreed connection) {
      TcpLink link = connection.link();
      release();
      result.complete(link);
    }

    @Override
    public void failed(PunchFailure failure) {
      fail(Reason.NOT_PUNCHED, failure.sentence());
    }
  }
}
