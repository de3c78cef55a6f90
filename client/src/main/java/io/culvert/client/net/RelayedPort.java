package io.culvert.client.net;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.StreamAccess.Door;
import io.culvert.client.turn.Families;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An address at a TURN server to send from, or one of each family, if we get one: by UDP, on a
 * socket that there is, or else by TCP or TLS, whatever lets us through first. Confined to the
 * event loop.
 */
public final class RelayedPort {
  /** So long UDP is alone when the server is silent. */
  static final Duration UDP_ALONE = Duration.ofMillis(500);

  /** So long it is when the server answers. */
  static final Duration UDP_PATIENCE = Duration.ofSeconds(2);

  /**
   * A server that would let us.
   *
   * @param otherwise where it may be as well, asked when it is silent there
   * @param login what it knows us by
   * @param streams how it is reached without UDP
   */
  public record Access(
      InetSocketAddress server,
      Optional<InetSocketAddress> otherwise,
      TurnLogin login,
      StreamAccess streams) {
    /** One that is only there. */
    public Access(InetSocketAddress server, TurnLogin login, StreamAccess streams) {
      this(server, Optional.empty(), login, streams);
    }

    /** One that is reached by UDP only. */
    public Access(InetSocketAddress server, TurnLogin login) {
      this(server, login, StreamAccess.none());
    }
  }

  /** What the server is reached by. */
  public interface Socket {
    /** Sends a datagram, whose bytes are only valid until this returns. */
    void send(ByteBuf bytes, int index, int length, InetSocketAddress to);
  }

  /** Who is told how it goes. */
  public interface Observer {
    /** It is known whether there is one. */
    void settled();

    /** There was one, and there is none any more. */
    void lost();

    /** This peer can be reached through it. */
    void opened(InetAddress peer);

    /**
     * A peer has sent this.
     *
     * @param data valid until this returns
     */
    void received(ByteBuf data, InetSocketAddress peer);
  }

  private final EventLoop loop;
  private final Socket socket;
  private final Families families;
  private final Observer observer;
  private final Attempts events = new Attempts();
  private final Set<InetAddress> peers = new HashSet<>();
  private final Set<InetSocketAddress> talkative = new HashSet<>();

  /** All that have not ended, and the doors by which they have come; of UDP there is none. */
  private final Map<RelayAttempt, Optional<Door>> attempts = new HashMap<>();

  private final Set<StreamKnock> knocks = new HashSet<>();
  private @Nullable Access access;
  private final List<RelayAttempt> byUdp = new ArrayList<>();
  private @Nullable RelayAttempt current;
  private List<InetSocketAddress> addresses = List.of();
  private Optional<String> whyNot = Optional.empty();
  private @Nullable Future<?> timer;
  private boolean hasKnocked;
  private boolean pending;
  private boolean closed;
  private Runnable whenEnded = () -> {};

  /** One to come: {@link #begin} asks for it. */
  public RelayedPort(EventLoop loop, Socket socket, Families families, Observer observer) {
    this.loop = loop;
    this.socket = socket;
    this.families = families;
    this.observer = observer;
  }

  /** Asks for it; only when there is none, and none is asked for. */
  public void begin(Access by) {
    access = by;
    pending = true;
    hasKnocked = false;
    whyNot = Optional.empty();
    askByUdp(by.server(), by.login());
    timer = loop.schedule(this::udpIsSlow, UDP_ALONE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void askByUdp(InetSocketAddress server, TurnLogin login) {
    RelayAttempt attempt =
        new RelayAttempt(loop, server, login, new DatagramLine(socket), families, events);
    byUdp.add(attempt);
    attempts.put(attempt, Optional.empty());
    attempt.begin();
  }

  /** Whether it is known whether there is one. */
  public boolean isSettled() {
    return !pending;
  }

  /** Where peers find us there, at one address of a family; empty when they do not. */
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  /** Why there is none, or none any more, though there should be: a sentence for people. */
  public Optional<String> whyNot() {
    return whyNot;
  }

  /** The server, for people. */
  public Optional<InetSocketAddress> server() {
    return (current == null ? byUdp.stream().findFirst() : Optional.of(current))
        .map(RelayAttempt::server);
  }

  /** A peer may be at any of these, and shall be reached there as soon as that is possible. */
  public void reach(Set<InetSocketAddress> addresses) {
    addresses.forEach(at -> {
      peers.add(at.getAddress());
      if (current != null) {
        current.permit(at.getAddress());
      }
    });
  }

  /** There will be much to say to this address, or to hear from it. */
  public void expectMuch(InetSocketAddress peer) {
    talkative.add(peer);
    if (current != null) {
      current.bind(peer);
    }
  }

  /** Something makes doubt that it is still there: the server is asked. */
  public void check() {
    if (current != null) {
      current.check();
    }
  }

  /** What the server has granted may have expired without our noticing: asks for it again. */
  public void renew() {
    if (current != null) {
      current.renew();
    }
  }

  /** The way to the server may be another one: it is asked at once, and what is pending again. */
  public void networkChanged() {
    check();
    List.copyOf(attempts.keySet()).forEach(RelayAttempt::networkChanged);
  }

  /**
   * Sends to a peer; false when that is not possible, and it is lost as it may be on the way.
   *
   * @param bytes stays the caller's; its indices stay, too
   */
  public boolean send(ByteBuf bytes, int index, int length, InetSocketAddress peer) {
    return current != null && current.send(bytes, index, length, peer);
  }

  /**
   * Something has come to the socket; false when it is not for this.
   *
   * @param datagram its indices stay
   */
  public boolean heard(ByteBuf datagram, Endpoint from) {
    for (int i = 0; i < byUdp.size(); i++) {
      RelayAttempt attempt = byUdp.get(i);
      if (attempt.endpoint().equals(from)) {
        return attempt.heard(datagram);
      }
    }
    return false;
  }

  /** What was sent by the socket to there does not arrive, or somebody says so. */
  public void unreachable(Endpoint to) {
    if (byUdp.stream().anyMatch(attempt -> attempt.endpoint().equals(to))) {
      knock();
    }
  }

  /** Gives it up; what is given runs when the socket is needed no longer. */
  public void close(Runnable then) {
    closed = true;
    pending = false;
    whenEnded = then;
    stopKnocking();
    addresses = List.of();
    List.copyOf(attempts.keySet()).forEach(RelayAttempt::release);
    endIfOver();
  }

  private void endIfOver() {
    if (closed && attempts.isEmpty()) {
      Runnable then = whenEnded;
      whenEnded = () -> {};
      then.run();
    }
  }

  private void udpIsSlow() {
    if (!pending || hasKnocked) {
      return;
    }
    if (byUdp.stream().anyMatch(RelayAttempt::hasHeard)) {
      timer =
          loop.schedule(
              () -> knock(), UDP_PATIENCE.minus(UDP_ALONE).toMillis(), TimeUnit.MILLISECONDS);
    } else {
      knock();
    }
  }

  /** Tries all doors at once. */
  private void knock() {
    if (pending && !hasKnocked && access != null) {
      hasKnocked = true;
      Access by = access;
      by.otherwise().ifPresent(other -> askByUdp(other, by.login()));
      by.streams().doors().forEach(this::knock);
    }
  }

  private void knock(Door door) {
    Access by = access;
    if (by == null) {
      return;
    }
    StreamKnock knock = new StreamKnock(loop, by, door, new Knocks());
    knocks.add(knock);
    knock.begin();
  }

  private void stopKnocking() {
    knocks.forEach(StreamKnock::giveUp);
    knocks.clear();
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** One of those that are under way has come to nothing. */
  private void failed(Optional<String> why) {
    if (pending && whyNot.isEmpty()) {
      whyNot = why;
    }
    knock();
    if (pending && attempts.isEmpty() && knocks.isEmpty()) {
      pending = false;
      stopKnocking();
      observer.settled();
    }
  }

  private final class Knocks implements StreamKnock.Outcome {
    @Override
    public RelayAttempt opened(StreamKnock knock, RelayLine line, InetSocketAddress server) {
      knocks.remove(knock);
      RelayAttempt attempt = new RelayAttempt(loop, server, knock.login(), line, families, events);
      attempts.put(attempt, Optional.of(knock.door()));
      return attempt;
    }

    @Override
    public void failed(StreamKnock knock, String why) {
      knocks.remove(knock);
      RelayedPort.this.failed(Optional.of(why));
    }
  }

  private final class Attempts implements RelayAttempt.Observer {
    @Override
    public void allocated(RelayAttempt by, List<InetSocketAddress> relayed) {
      if (!pending || closed) {
        by.release(); // another one was faster
        return;
      }
      pending = false;
      current = by;
      addresses = relayed;
      whyNot = Optional.empty();
      stopKnocking();
      List.copyOf(attempts.keySet()).stream()
          .filter(other -> other != by)
          .forEach(RelayAttempt::release);
      peers.forEach(by::permit);
      observer.settled();
    }

    @Override
    public void permitted(RelayAttempt by, InetAddress peer) {
      if (by == current) {
        talkative.stream().filter(at -> at.getAddress().equals(peer)).forEach(by::bind);
        observer.opened(peer);
      }
    }

    @Override
    public void received(RelayAttempt by, ByteBuf data, InetSocketAddress peer) {
      if (by == current) {
        observer.received(data, peer);
      }
    }

    @Override
    public void redirected(RelayAttempt from, InetSocketAddress to) {
      Optional<Door> door = attempts.getOrDefault(from, Optional.empty());
      attempts.remove(from);
      Optional<Door> other =
          door.filter(known -> access != null && access.streams().doors().contains(known))
              .map(known ->
                  new Door(
                      new ServerAddress(to.getAddress().getHostAddress(), to.getPort()),
                      known.tls()));
      if (pending && other.isPresent()) {
        knock(other.get());
      } else {
        failed(Optional.of("The relay %s sends us on.".formatted(from.server())));
      }
    }

    @Override
    public void ended(RelayAttempt attempt, Optional<String> why) {
      attempts.remove(attempt);
      byUdp.remove(attempt);
      if (attempt == current) {
        current = null;
        addresses = List.of();
        whyNot = why;
        if (!closed) {
          observer.lost();
        }
      } else if (pending) {
        if (attempt.hasHeard()) {
          whyNot = why;
        }
        failed(why);
      }
      endIfOver();
    }
  }
}
