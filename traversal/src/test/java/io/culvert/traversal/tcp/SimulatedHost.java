package io.culvert.traversal.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.Path;
import io.culvert.traversal.tcp.Segment.Kind;
import io.culvert.traversal.tcp.TcpPunch.Action;
import io.culvert.traversal.tcp.TcpPunch.Event;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.traversal.tcp.World.Side;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A peer: its punch, and as much of a kernel's TCP as a punch can get to see. */
final class SimulatedHost {
  private static final List<Duration> SYN_REPEATS =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(7));
  private static final Duration DATA_REPEAT = Duration.ofMillis(200);

  /** More timers than this in one second are a busy loop. */
  private static final int TIMERS_PER_SECOND = 40;

  private enum State {
    SYN_SENT,
    SYN_RECEIVED,
    ESTABLISHED
  }

  /** One TCP connection, or what may become one. */
  private static final class Socket {
    final InetSocketAddress remote;
    final @Nullable Path dialedOn;
    final long sequence;
    State state = State.SYN_SENT;
    long peerSequence;
    int link;
    boolean toStranger;
    Instant lastArrival = Instant.MIN;

    Socket(InetSocketAddress remote, @Nullable Path dialedOn, long sequence) {
      this.remote = remote;
      this.dialedOn = dialedOn;
      this.sequence = sequence;
    }
  }

  /** How it ended. */
  record Result(Instant at, @Nullable Path path, @Nullable PunchFailure failure) {
    boolean succeeded() {
      return failure == null;
    }
  }

  private final Role role;
  private final Side side;
  private final Side peer;
  private final SimulatedNetwork network;
  private final Timeline time;
  private final Map<InetSocketAddress, Socket> sockets = new HashMap<>();
  private final Map<Path, Socket> dials = new EnumMap<>(Path.class);
  private final Map<Integer, Socket> links = new HashMap<>();
  private final List<Event> beforeTheStart = new ArrayList<>();
  private @Nullable CheckedPunch punch;
  private @Nullable Result result;
  private @Nullable Socket chosen;
  private int lastLink;
  private long nextSequence;
  private int timer;
  private long timersSecond;
  private int timersInSecond;

  SimulatedHost(Role role, Side side, Side peer, SimulatedNetwork network, Timeline time) {
    this.role = role;
    this.side = side;
    this.peer = peer;
    this.network = network;
    this.time = time;
    this.nextSequence = role == Role.INVITER ? 1 : 1_000_001;
    network.connect(this);
  }

  Side side() {
    return side;
  }

  @Nullable Result result() {
    return result;
  }

  /** Whether the two hosts are left with the two ends of one connection. */
  boolean sharesConnectionWith(SimulatedHost other) {
    Socket mine = chosen;
    Socket theirs = other.chosen;
    return mine != null
        && theirs != null
        && mine.state == State.ESTABLISHED
        && theirs.state == State.ESTABLISHED
        && mine.equals(sockets.get(mine.remote))
        && theirs.equals(other.sockets.get(theirs.remote))
        && mine.peerSequence == theirs.sequence
        && theirs.peerSequence == mine.sequence;
  }

  /** The number of sockets that are not closed. */
  int openSockets() {
    return sockets.size();
  }

  void start() {
    punch = new CheckedPunch(role, peer.name(), peer.local(), peer.observed(), time.now());
    tell(new Event.DeadlineReached());
    List.copyOf(beforeTheStart).forEach(this::tell);
  }

  // What a driver does.

  private void tell(Event event) {
    if (punch == null) {
      beforeTheStart.add(event);
      return;
    }
    if (result != null) {
      return;
    }
    punch.on(event, time.now()).forEach(this::perform);
    int mine = ++timer;
    punch.nextDeadline().ifPresent(at -> time.at(at, () -> timerFires(mine)));
  }

  private void timerFires(int which) {
    if (which != timer) {
      return;
    }
    timersInSecond = time.passed().toSeconds() == timersSecond ? timersInSecond + 1 : 1;
    timersSecond = time.passed().toSeconds();
    assertThat(timersInSecond).as("timers in one second").isLessThan(TIMERS_PER_SECOND);
    tell(new Event.DeadlineReached());
  }

  private void perform(Action action) {
    switch (action) {
      case Action.Dial(Path path, InetSocketAddress to) -> dial(path, to);
      case Action.AbandonDial(Path path) -> {
        Socket dial = dials.remove(path);
        if (dial != null) {
          close(dial);
        }
      }
      case Action.SendAck(int link) -> sendText(link(link), side.name());
      case Action.CloseLink(int link) -> {
        close(link(link));
        links.remove(link);
      }
      case Action.Succeeded(int link, Path path) -> {
        chosen = link(link);
        stopListening();
        result = new Result(time.now(), path, null);
      }
      case Action.Failed(PunchFailure failure) -> {
        stopListening();
        result = new Result(time.now(), null, failure);
      }
    }
  }

  private Socket link(int number) {
    Socket socket = links.get(number);
    if (socket == null) {
      throw new AssertionError("there is no link " + number);
    }
    return socket;
  }

  /** The punch does not know of connections that the kernel has not made yet. */
  private void stopListening() {
    List.copyOf(sockets.values()).stream()
        .filter(socket -> socket.state == State.SYN_RECEIVED)
        .forEach(this::close);
  }

  private void linkIsUp(Socket socket) {
    socket.link = ++lastLink;
    links.put(socket.link, socket);
    Path path = socket.dialedOn;
    if (path != null) {
      dials.remove(path);
      tell(new Event.Dialed(path, socket.link));
    } else {
      tell(new Event.Accepted(socket.link, socket.remote));
    }
  }

  private void dialFailed(Path path, Socket socket, DialError error) {
    if (dials.remove(path, socket)) {
      tell(new Event.DialFailed(path, error));
    }
  }

  // What a kernel does.

  private void dial(Path path, InetSocketAddress to) {
    Socket socket = new Socket(to, path, nextSequence++);
    dials.put(path, socket);
    if (!network.leadsToPeer(side, to)) {
      dialElsewhere(path, socket);
    } else if (sockets.putIfAbsent(to, socket) != null) {
      time.after(Duration.ZERO, () -> dialFailed(path, socket, DialError.CONNECTED_ALREADY));
    } else {
      repeat(socket, State.SYN_SENT, new Segment(Kind.SYN, socket.sequence, 0));
    }
  }

  private void dialElsewhere(Path path, Socket socket) {
    Duration delay = network.delay(side, socket.remote);
    switch (side.elsewhere()) {
      case SILENCE -> {}
      case NO_ROUTE ->
          time.after(Duration.ZERO, () -> dialFailed(path, socket, DialError.UNREACHABLE));
      case REFUSAL ->
          time.after(delay.multipliedBy(2), () -> dialFailed(path, socket, DialError.REFUSED));
      case STRANGER_WITHOUT_A_WORD, STRANGER_WITH_ANOTHER_NAME, STRANGER_WHO_HANGS_UP ->
          time.after(delay.multipliedBy(2), () -> strangerAnswers(path, socket));
    }
  }

  private void strangerAnswers(Path path, Socket socket) {
    if (!socket.equals(dials.get(path))) {
      return;
    }
    socket.toStranger = true;
    socket.state = State.ESTABLISHED;
    linkIsUp(socket);
    Duration delay = network.delay(side, socket.remote);
    switch (side.elsewhere()) {
      case STRANGER_WITH_ANOTHER_NAME ->
          time.after(delay, () -> hear(socket, new Event.AckReceived(socket.link, "mallory")));
      case STRANGER_WHO_HANGS_UP ->
          time.after(
              delay,
              () -> {
                if (links.remove(socket.link, socket)) {
                  tell(new Event.LinkLost(socket.link));
                }
              });
      default -> {}
    }
  }

  private void hear(Socket socket, Event event) {
    if (socket.equals(links.get(socket.link))) {
      tell(event);
    }
  }

  /** Handshakes are repeated while they are not answered. */
  private void repeat(Socket socket, State state, Segment segment) {
    send(socket.remote, segment);
    for (Duration after : SYN_REPEATS) {
      time.after(
          after,
          () -> {
            if (socket.state == state && socket.equals(sockets.get(socket.remote))) {
              send(socket.remote, segment);
            }
          });
    }
  }

  private void send(InetSocketAddress to, Segment segment) {
    if (!network.loses()) {
      network.send(side, to, segment, network.delay(side, to));
    }
  }

  /** Text and the end of a connection are repeated until they arrive, in order. */
  private void sendReliably(Socket socket, Segment segment) {
    Duration delay = network.delay(side, socket.remote);
    while (network.loses()) {
      delay = delay.plus(DATA_REPEAT);
    }
    Instant arrival = time.now().plus(delay);
    if (!arrival.isAfter(socket.lastArrival)) {
      arrival = socket.lastArrival.plusNanos(1);
    }
    socket.lastArrival = arrival;
    network.send(side, socket.remote, segment, Duration.between(time.now(), arrival));
  }

  private void sendText(Socket socket, String text) {
    if (!socket.toStranger) {
      sendReliably(socket, new Segment(Kind.DATA, socket.sequence, socket.peerSequence, text));
    }
  }

  private void close(Socket socket) {
    if (!sockets.remove(socket.remote, socket)) {
      return;
    }
    switch (socket.state) {
      case SYN_SENT -> {}
      case SYN_RECEIVED ->
          send(socket.remote, new Segment(Kind.RST, socket.sequence, socket.peerSequence));
      case ESTABLISHED ->
          sendReliably(socket, new Segment(Kind.FIN, socket.sequence, socket.peerSequence));
    }
  }

  /** A segment has come through the NAT. */
  void receive(InetSocketAddress from, Segment segment) {
    Socket socket = sockets.get(from);
    if (socket == null) {
      receiveWithoutSocket(from, segment);
    } else if (segment.kind() == Kind.RST) {
      receiveReset(socket, segment);
    } else {
      switch (socket.state) {
        case SYN_SENT -> receiveInSynSent(socket, segment);
        case SYN_RECEIVED -> receiveInSynReceived(socket, segment);
        case ESTABLISHED -> receiveInEstablished(socket, segment);
      }
    }
  }

  private void receiveWithoutSocket(InetSocketAddress from, Segment segment) {
    switch (segment.kind()) {
      case SYN -> {
        if (result == null) {
          Socket socket = new Socket(from, null, nextSequence++);
          sockets.put(from, socket);
          synReceived(socket, segment);
        } else {
          send(from, new Segment(Kind.RST, 0, segment.sequence()));
        }
      }
      case SYN_ACK, ACK, DATA -> reset(from, segment);
      case FIN, RST -> {}
    }
  }

  /** Whoever acknowledges what nobody has sent is told so. */
  private void reset(InetSocketAddress to, Segment segment) {
    send(
        to,
        new Segment(
            Kind.RST,
            /* sequence= */ segment.acknowledged(),
            /* acknowledged= */ segment.sequence()));
  }

  private void synReceived(Socket socket, Segment syn) {
    socket.peerSequence = syn.sequence();
    socket.state = State.SYN_RECEIVED;
    repeat(
        socket,
        State.SYN_RECEIVED,
        new Segment(Kind.SYN_ACK, socket.sequence, socket.peerSequence));
  }

  private void receiveReset(Socket socket, Segment segment) {
    boolean valid =
        socket.state == State.SYN_SENT
            ? segment.acknowledged() == socket.sequence
            : segment.sequence() == socket.peerSequence;
    if (!valid) {
      return;
    }
    sockets.remove(socket.remote, socket);
    if (socket.state == State.ESTABLISHED) {
      lose(socket);
    } else if (socket.dialedOn != null) {
      dialFailed(socket.dialedOn, socket, DialError.REFUSED);
    }
  }

  private void receiveInSynSent(Socket socket, Segment segment) {
    switch (segment.kind()) {
      case SYN -> synReceived(socket, segment); // a simultaneous open
      case SYN_ACK -> {
        if (segment.acknowledged() == socket.sequence) {
          socket.peerSequence = segment.sequence();
          establish(socket);
        } else {
          reset(socket.remote, segment);
        }
      }
      case ACK, DATA, FIN -> {
        if (segment.acknowledged() != socket.sequence) {
          reset(socket.remote, segment);
        }
      }
      case RST -> {}
    }
  }

  private void receiveInSynReceived(Socket socket, Segment segment) {
    if (segment.sequence() != socket.peerSequence) {
      acknowledge(socket); // whoever sent it will see that it is out of step
      return;
    }
    switch (segment.kind()) {
      case SYN ->
          send(socket.remote, new Segment(Kind.SYN_ACK, socket.sequence, socket.peerSequence));
      case SYN_ACK, ACK, DATA, FIN -> {
        if (segment.acknowledged() == socket.sequence) {
          establish(socket);
          if (segment.kind() != Kind.SYN_ACK) {
            receiveInEstablished(socket, segment);
          }
        } else {
          reset(socket.remote, segment);
        }
      }
      case RST -> {}
    }
  }

  private void establish(Socket socket) {
    socket.state = State.ESTABLISHED;
    acknowledge(socket);
    linkIsUp(socket);
  }

  private void acknowledge(Socket socket) {
    send(socket.remote, new Segment(Kind.ACK, socket.sequence, socket.peerSequence));
  }

  private void receiveInEstablished(Socket socket, Segment segment) {
    boolean inStep =
        segment.sequence() == socket.peerSequence && segment.acknowledged() == socket.sequence;
    switch (segment.kind()) {
      case SYN, SYN_ACK -> acknowledge(socket);
      case DATA -> {
        if (inStep) {
          hear(socket, new Event.AckReceived(socket.link, segment.text()));
        }
      }
      case FIN -> {
        if (inStep && sockets.remove(socket.remote, socket)) {
          lose(socket);
        }
      }
      case ACK, RST -> {}
    }
  }

  private void lose(Socket socket) {
    if (links.remove(socket.link, socket)) {
      tell(new Event.LinkLost(socket.link));
    }
  }
}
