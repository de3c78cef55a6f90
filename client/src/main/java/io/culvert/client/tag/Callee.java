package io.culvert.client.tag;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.Greeting;
import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.Open;
import io.culvert.wire.tag.TagMessage.Probe;
import io.culvert.wire.tag.TagMessage.ProbeAnswer;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call that is taken: from the knock to the connection. Confined to the event loop. */
final class Callee implements TagSocket.Receiver {
  private static final int OPENS = 3;
  private static final Duration BETWEEN_OPENS = Duration.ofMillis(200);

  /** The caller probes for 10 s, and begins when our answer has come to it. */
  private static final Duration FIRST_PROBE = Duration.ofSeconds(15);

  /** The caller probes every 15 s once the hole is open. */
  private static final Duration SILENCE = Duration.ofSeconds(45);

  private static final int KEY_BYTES = 16;

  private final ClientLoop loop;
  private final InetSocketAddress server;
  private final Knock knock;
  private final PeerAddresses caller;
  private final Meeting meeting;
  private final String connectionKey;
  private Optional<InetSocketAddress> lan = Optional.empty();
  private boolean answered;
  private boolean probed;
  private @Nullable Future<?> silenceTimer;

  Callee(ClientLoop loop, InetSocketAddress server, Knock knock) {
    this.loop = loop;
    this.server = server;
    this.knock = knock;
    this.caller = new PeerAddresses(knock.callerLan(), Optional.of(knock.caller()));
    this.connectionKey = newKey();
    this.meeting =
        new Meeting(loop, Requests.show(knock.caller()), this, this::greeting, this::cancelSilence);
    meeting.agreedOn(connectionKey);
  }

  CompletableFuture<TagConnection> result() {
    return meeting.result();
  }

  /** Takes a port, answers the server from it, and opens the own NAT for the caller. */
  void start() {
    awaitProbe(FIRST_PROBE, this::nothingCame);
    meeting.open(() -> {
      lan = meeting.lanAddress(server);
      answered = true;
      answer(knock);
      open(OPENS);
    });
  }

  /** The server has not heard our answer. */
  void knockedAgain(Knock again) {
    if (answered && !meeting.isOver()) {
      answer(again);
    }
  }

  void cancel(CulvertException why) {
    meeting.cancel(why);
  }

  private void answer(Knock asked) {
    meeting
        .socket()
        .send(
            new KnockAnswer(
                asked.mid(), knock.token(), Status.ok(), OptionalInt.of(meeting.port()), lan),
            server);
  }

  private void open(int times) {
    if (times == 0 || meeting.isOver()) {
      return;
    }
    caller.targets().values().forEach(to -> meeting.socket().send(new Open(), to));
    loop.loop().schedule(() -> open(times - 1), BETWEEN_OPENS.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void message(TagMessage message, InetSocketAddress from) {
    if (message instanceof Probe(long mid, String token) && !meeting.isOver()) {
      if (token.equals(knock.token())) {
        probed(mid, from);
      } else {
        meeting.socket().send(new ProbeAnswer(mid, token, Status.of(Status.UNKNOWN)), from);
      }
    }
  }

  @Override
  public void data(byte[] datagram, InetSocketAddress from) {
    meeting.received(datagram, from);
  }

  private void probed(long mid, InetSocketAddress from) {
    Path path = caller.pathFrom(from);
    probed = true;
    awaitProbe(SILENCE, meeting::holeLost);
    meeting.holeLeadsTo(path, from);
    meeting.socket().send(new ProbeAnswer(mid, knock.token(), Status.ok()), from);
    meeting.connect(
        Role.CALLEE,
        path == Path.LOCAL
            ? PeerAddresses.of(from, knock.caller())
            : new PeerAddresses(knock.callerLan(), Optional.of(from)));
  }

  private void awaitProbe(Duration patience, Runnable otherwise) {
    cancelSilence();
    silenceTimer = loop.loop().schedule(otherwise, patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void nothingCame() {
    if (!probed) {
      meeting.fail(
          Reason.NOT_PUNCHED,
          "Nothing of the caller at %s got through. Perhaps it has given up, a firewall forbids it, or a NAT picks a new port for every destination (a symmetric NAT)."
              .formatted(Requests.show(knock.caller())));
    }
  }

  private Greeting greeting() {
    return new ConnectGreeting(
        new ConnectGreeting.Side.CalleeSide(connectionKey),
        knock.token(),
        Requests.show(knock.caller()));
  }

  private void cancelSilence() {
    if (silenceTimer != null) {
      silenceTimer.cancel(false);
    }
  }

  private static String newKey() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return HexFormat.of().formatHex(key);
  }
}
