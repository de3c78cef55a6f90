package io.culvert.client.tag;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.Alarm;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.Greeting;
import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.traversal.udp.PathProbing;
import io.culvert.traversal.udp.PathProbing.Action;
import io.culvert.traversal.udp.PathProbing.Event;
import io.culvert.traversal.udp.PathProbing.Pace;
import io.culvert.traversal.udp.Route;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.AnswerReceived;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.FromServer;
import io.culvert.wire.tag.TagMessage.Open;
import io.culvert.wire.tag.TagMessage.Probe;
import io.culvert.wire.tag.TagMessage.ProbeAnswer;
import io.culvert.wire.tag.TagMessage.Refused;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One dial: from the question to the server to the connection. Confined to the event loop. */
final class Caller implements TagSocket.Receiver {
  /** The protocol's: t 31 every 200 ms for 10 s, then every 15 s. */
  private static final Pace PACE =
      new Pace(
          Duration.ofMillis(200),
          Duration.ofSeconds(10),
          Duration.ofSeconds(15),
          Duration.ofSeconds(45));

  /** A t 30 may overtake the t 11 that says where it comes from; anybody may send some. */
  private static final int MAX_EARLY_OPENS = 8;

  private final ClientLoop loop;
  private final InetSocketAddress server;
  private final Registration registration;
  private final String callee;
  private final Meeting meeting;
  private final Requests requests;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private final Set<InetSocketAddress> earlyOpens = new LinkedHashSet<>();
  private Optional<InetSocketAddress> lan = Optional.empty();
  private String token = "";
  private boolean registeredAgain;
  private @Nullable Answer answer;
  private @Nullable PathProbing probing;
  private @Nullable Future<?> patienceTimer;

  Caller(ClientLoop loop, InetSocketAddress server, Registration registration, String callee) {
    this.loop = loop;
    this.server = server;
    this.registration = registration;
    this.callee = callee;
    this.meeting = new Meeting(loop, callee, this, this::greeting, this::release);
    this.requests = new Requests(loop.loop(), meeting.socket(), server);
    this.alarm = new Alarm(loop.loop(), time, () -> tell(new Event.DeadlineReached()));
  }

  CompletableFuture<TagConnection> result() {
    return meeting.result();
  }

  /**
   * Dials.
   *
   * @param patience how long the callee may take to answer
   */
  void start(Duration patience) {
    patienceTimer =
        loop.loop().schedule(this::notAnswered, patience.toMillis(), TimeUnit.MILLISECONDS);
    meeting.open(() -> {
      lan = meeting.lanAddress(server);
      dial();
    });
  }

  void cancel(CulvertException why) {
    meeting.cancel(why);
  }

  private void dial() {
    requests.send(
        mid -> new Dial(mid, registration.tag(), callee, lan),
        this::dialAnswered,
        sentence -> meeting.fail(Reason.SERVER_UNREACHABLE, sentence));
  }

  private boolean dialAnswered(FromServer message) {
    switch (message) {
      case Dialing(long _, String given) -> token = given;
      case Refused(TagMessage.Request request, long _, Status status)
          when request == TagMessage.Request.DIAL ->
          refused(status);
      default -> {
        return false;
      }
    }
    return true;
  }

  private void refused(Status status) {
    if (status.code() == Status.UNKNOWN && !registeredAgain) {
      registeredAgain = true;
      registration.registerAgain(
          this::dial, sentence -> meeting.fail(Reason.SERVER_UNREACHABLE, sentence));
    } else if (status.code() == Status.UNREACHABLE) {
      meeting.fail(Reason.PEER_OFFLINE, callee + " is not online at this server.");
    } else {
      meeting.fail(
          Reason.SERVER_UNREACHABLE,
          "The server does not put the call through: %s.".formatted(reason(status)));
    }
  }

  @Override
  public void message(TagMessage message, InetSocketAddress from) {
    if (meeting.isOver()) {
      return;
    }
    switch (message) {
      case Answer heard when from.equals(server) -> answered(heard);
      case FromServer heard when from.equals(server) -> requests.answered(heard);
      case ProbeAnswer(long _, String said, Status status)
          when said.equals(token) && status.isOk() ->
          tell(new Event.Answered(Route.direct(from)));
      case Open() -> opened(from);
      case FromServer _, TagMessage.ToServer _, TagMessage.BetweenPeers _ -> {} // a stranger's
    }
  }

  @Override
  public void data(byte[] datagram, InetSocketAddress from) {
    meeting.received(datagram, from);
  }

  private void answered(Answer heard) {
    if (token.isEmpty()) {
      // The -4 was lost, or overtaken; nobody else knows this socket.
      token = heard.token();
      requests.cancel();
    } else if (!heard.token().equals(token)) {
      return;
    }
    meeting.socket().send(new AnswerReceived(heard.mid(), token), server);
    if (answer != null) {
      return; // our reply was lost
    }
    answer = heard;
    switch (heard.status().code()) {
      case Status.OK -> probe(heard);
      case Status.UNREACHABLE ->
          meeting.fail(Reason.NOT_ANSWERED, callee + " is registered but does not answer.");
      default ->
          meeting.fail(
              Reason.REFUSED,
              "%s does not take the call: %s.".formatted(callee, reason(heard.status())));
    }
  }

  private static String reason(Status status) {
    return status.reason().orElse("code " + status.code());
  }

  private void probe(Answer agreed) {
    probing =
        new PathProbing(
            new PeerAddresses(agreed.calleeLan(), agreed.callee()), PACE, time.instant());
    tell(new Event.DeadlineReached());
    earlyOpens.forEach(this::opened);
    earlyOpens.clear();
  }

  /** The callee's NAT may have chosen another port towards us than towards the server. */
  private void opened(InetSocketAddress from) {
    if (answer == null) {
      if (earlyOpens.size() < MAX_EARLY_OPENS) {
        earlyOpens.add(from);
      }
    } else if (isCallees(answer.callee(), from) || isCallees(answer.calleeLan(), from)) {
      tell(new Event.Heard(Route.direct(from)));
    }
  }

  private static boolean isCallees(Optional<InetSocketAddress> callee, InetSocketAddress from) {
    return callee.filter(address -> address.getAddress().equals(from.getAddress())).isPresent();
  }

  private void tell(Event event) {
    if (probing == null || meeting.isOver()) {
      return;
    }
    probing.on(event, time.instant()).forEach(this::perform);
    alarm.set(probing.nextDeadline().filter(at -> !meeting.isOver()));
  }

  private void perform(Action action) {
    switch (action) {
      case Action.Probe(Route(boolean _, InetSocketAddress to)) ->
          meeting.socket().send(new Probe(requests.newMid(), token), to);
      case Action.Selected(Path path, Route(boolean _, InetSocketAddress to)) -> {
        meeting.holeLeadsTo(path, to);
        meeting.connect(Role.INVITER, tcpAddresses(path, to));
      }
      case Action.Failed(int probes) -> meeting.fail(Reason.NOT_PUNCHED, sentence(probes));
      case Action.Lost() -> meeting.holeLost();
    }
  }

  /** On the way on which the answer came; on a local one the public one is tried as well. */
  private PeerAddresses tcpAddresses(Path path, InetSocketAddress to) {
    Optional<InetSocketAddress> announced = answer == null ? Optional.empty() : answer.callee();
    return path == Path.LOCAL
        ? new PeerAddresses(Optional.of(to), announced)
        : new PeerAddresses(Optional.empty(), Optional.of(to));
  }

  private String sentence(int probes) {
    return "None of %d datagrams got through to %s at %s in %d s. Perhaps a firewall forbids it, or a NAT picks a new port for every destination (a symmetric NAT)."
        .formatted(
            probes,
            callee,
            answer == null ? "" : answer.callee().map(Requests::show).orElse(""),
            PACE.patience().toSeconds());
  }

  private void notAnswered() {
    if (answer == null) {
      meeting.fail(Reason.NOT_ANSWERED, callee + " does not answer.");
    }
  }

  private Greeting greeting() {
    return new ConnectGreeting(
        new ConnectGreeting.Side.CallerSide(requests.newMid(), meeting::agreedOn), token, callee);
  }

  private void release() {
    requests.cancel();
    alarm.cancel();
    if (patienceTimer != null) {
      patienceTimer.cancel(false);
    }
  }
}
