package io.culvert.client.net;

import io.culvert.client.ServerAddress;
import io.culvert.client.turn.Families;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An address at a TURN server to send from, or one of each family, if we get one: by UDP, on a
 * socket that there is, or else by TCP or TLS, whatever lets us through first. Of several servers
 * the first to answer is taken, which is the nearest. Confined to the event loop.
 */
public final class RelayedPort {
  /**
   * Servers that would let us.
   *
   * @param server the first of them
   * @param otherwise where that may be as well, asked when nobody answers
   * @param others more of them, by UDP
   * @param login what they know us by
   * @param life how long that is good; empty when there is no end to it
   * @param streams how they are reached without UDP
   */
  public record Access(
      InetSocketAddress server,
      Optional<InetSocketAddress> otherwise,
      List<ServerAddress> others,
      TurnLogin login,
      Optional<Duration> life,
      StreamAccess streams) {
    /** Who can tell us where relays are must not have us ask any number of machines. */
    public static final int MOST_OTHERS = 8;

    public Access {
      others = List.copyOf(others);
      if (others.size() > MOST_OTHERS) {
        throw new IllegalArgumentException(others.size() + " other relays");
      }
    }

    /** One that is only there. */
    public Access(InetSocketAddress server, TurnLogin login, StreamAccess streams) {
      this(server, Optional.empty(), List.of(), login, Optional.empty(), streams);
    }

    /** One that is reached by UDP only. */
    public Access(InetSocketAddress server, TurnLogin login) {
      this(server, login, StreamAccess.none());
    }

    /** Whether one of these servers may be there. */
    boolean mayName(InetSocketAddress address) {
      return LocalAddresses.mayBeSomebody(address.getAddress(), server.getAddress());
    }

    private boolean names(ServerAddress relay) {
      return relay.equals(name(server))
          || otherwise.map(Access::name).filter(relay::equals).isPresent()
          || others.contains(relay)
          || streams.doors().stream().anyMatch(door -> door.address().equals(relay));
    }

    static ServerAddress name(InetSocketAddress server) {
      return new ServerAddress(server.getAddress().getHostAddress(), server.getPort());
    }
  }

  /** What the server is reached by. */
  public interface Socket {
    /** Sends a datagram, whose bytes are only valid until this returns. */
    void send(ByteBuf bytes, int index, int length, InetSocketAddress to);
  }

  /** Who is told how it goes. */
  public interface Observer {
    /** It is known whether there is one; or it is at another server than before. */
    void settled();

    /** Its server leaves us without an answer: {@link #begin} looks for another one meanwhile. */
    void silent();

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

  /** Where peers may be, and how many expect one there. */
  private final Map<InetAddress, Integer> peers = new HashMap<>();

  private final Set<InetSocketAddress> talkative = new HashSet<>();

  /** All that have not ended. */
  private final List<RelayAttempt> attempts = new ArrayList<>();

  private @Nullable Access access;
  private @Nullable RelaySearch search;
  private @Nullable RelayAttempt current;
  private List<InetSocketAddress> addresses = List.of();
  private Optional<String> whyNot = Optional.empty();
  private boolean withoutUdp;
  private boolean closed;
  private Runnable whenEnded = () -> {};

  /** One to come: {@link #begin} asks for it. */
  public RelayedPort(EventLoop loop, Socket socket, Families families, Observer observer) {
    this.loop = loop;
    this.socket = socket;
    this.families = families;
    this.observer = observer;
  }

  /**
   * Asks for it; only when it is not asked for already. Where there is one, it is used until there
   * is another one; and kept when it is at one of these servers, and that answers before.
   */
  public void begin(Access by) {
    access = by;
    whyNot = Optional.empty();
    search = new RelaySearch(loop, by, new Owner());
    search.begin();
  }

  /** Whether it is known whether there is one. */
  public boolean isSettled() {
    return search == null;
  }

  /** Where peers find us there, at one address of a family; empty when they do not. */
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  /** Why there is none, or none any more, though there should be: a sentence for people. */
  public Optional<String> whyNot() {
    return search == null ? whyNot : search.why();
  }

  /** The server, for people. */
  public Optional<InetSocketAddress> server() {
    return (current == null ? attempts.stream().findFirst() : Optional.of(current))
        .map(RelayAttempt::server);
  }

  /** Whether there is one, at one of these servers. */
  public boolean isAt(Access by) {
    return current != null && by.names(current.place().name());
  }

  /** Where peers of ours may have one, since we have asked there as well. */
  public Stream<InetSocketAddress> asked() {
    return attempts.stream().map(attempt -> attempt.place().server());
  }

  /** A peer may be at any of these, and shall be reached there as soon as that is possible. */
  public void reach(Set<InetSocketAddress> addresses) {
    addresses.forEach(at -> {
      peers.merge(at.getAddress(), 1, Integer::sum);
      if (current != null) {
        current.permit(at.getAddress());
      }
    });
  }

  /** Who has had these reached expects nobody there any more. */
  public void leave(Collection<InetSocketAddress> addresses) {
    addresses.forEach(at -> {
      InetAddress ip = at.getAddress();
      if (peers.computeIfPresent(ip, (_, many) -> many == 1 ? null : many - 1) == null) {
        talkative.removeIf(peer -> peer.getAddress().equals(ip));
        if (current != null) {
          current.forget(ip);
        }
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
    withoutUdp = false;
    check();
    List.copyOf(attempts).forEach(RelayAttempt::networkChanged);
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
    for (int i = 0; i < attempts.size(); i++) {
      RelayAttempt attempt = attempts.get(i);
      if (attempt.place().isByUdp() && attempt.endpoint().equals(from)) {
        boolean isAnswer = attempt.heard(datagram);
        if (isAnswer && current != null && attempt != current) {
          current.networkChanged(); // after an outage it shall not lose by its longer pauses
        }
        return isAnswer;
      }
    }
    return false;
  }

  /** What was sent by the socket to there does not arrive, or somebody says so. */
  public void unreachable(Endpoint to) {
    if (current != null && current.place().isByUdp() && current.endpoint().equals(to)) {
      current.check();
    }
    if (search != null) {
      search.unreachable(to);
    }
  }

  /** Gives it up; what is given runs when the socket is needed no longer. */
  public void close(Runnable then) {
    closed = true;
    whenEnded = then;
    endSearch();
    addresses = List.of();
    List.copyOf(attempts).forEach(RelayAttempt::release);
    endIfOver();
  }

  private void endSearch() {
    RelaySearch ended = search;
    if (ended != null) {
      search = null;
      ended.end().stream().filter(attempt -> attempt != current).forEach(RelayAttempt::release);
    }
  }

  private void endIfOver() {
    if (closed && attempts.isEmpty()) {
      Runnable then = whenEnded;
      whenEnded = () -> {};
      then.run();
    }
  }

  private RelayAttempt attempt(RelayPlace place, RelayLine line) {
    TurnLogin login = Objects.requireNonNull(access).login();
    RelayAttempt attempt = new RelayAttempt(loop, place, login, line, families, events);
    attempts.add(attempt);
    return attempt;
  }

  private final class Owner implements RelaySearch.Owner {
    @Override
    public Optional<RelayAttempt> ask(RelayPlace place) {
      if (attempts.stream()
          .map(RelayAttempt::place)
          .anyMatch(known -> known.isByUdp() && known.server().equals(place.server()))) {
        return Optional.empty();
      }
      RelayAttempt attempt = attempt(place, new DatagramLine(socket));
      attempt.begin();
      return Optional.of(attempt);
    }

    @Override
    public RelayAttempt ask(RelayPlace place, RelayLine line) {
      return attempt(place, line);
    }

    /** Who has UDP and hears nothing for a moment had better wait than go on without it. */
    @Override
    public boolean mayGoWithoutUdp() {
      return current == null || !current.place().isByUdp() || !isAt(Objects.requireNonNull(access));
    }

    @Override
    public boolean isWithoutUdp() {
      return withoutUdp;
    }

    @Override
    public void inVain(Optional<String> why) {
      search = null;
      if (current == null) {
        whyNot = why;
        observer.settled();
      }
    }
  }

  private final class Attempts implements RelayAttempt.Observer {
    @Override
    public void allocated(RelayAttempt by, List<InetSocketAddress> relayed) {
      RelayAttempt before = current;
      current = by;
      addresses = relayed;
      withoutUdp = !by.place().isByUdp();
      whyNot = Optional.empty();
      endSearch();
      if (before != null) {
        before.release();
      }
      peers.keySet().forEach(by::permit);
      observer.settled();
    }

    @Override
    public void confirmed(RelayAttempt by) {
      if (by == current && access != null && isAt(access)) {
        endSearch();
      }
    }

    @Override
    public void silent(RelayAttempt by) {
      if (by == current && search == null && !closed) {
        observer.silent();
      }
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
      attempts.remove(from);
      if (search != null && search.has(from)) {
        search.redirected(from, to);
      }
      endIfOver();
    }

    @Override
    public void ended(RelayAttempt attempt, Optional<String> why) {
      attempts.remove(attempt);
      if (attempt == current) {
        current = null;
        addresses = List.of();
        whyNot = why;
        if (search != null) {
          search.begin(); // it may have forgotten us, and be there
        }
        if (!closed) {
          observer.lost();
        }
      } else if (search != null && search.has(attempt)) {
        search.ended(attempt, why);
      }
      endIfOver();
    }
  }
}
