package io.culvert.client.peer;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ice.IceSession;
import io.culvert.client.ice.PeerPort;
import io.culvert.client.quic.QuicConnection;
import io.culvert.client.quic.QuicTransport;
import io.culvert.client.quic.QuicTransports;
import io.culvert.client.tls.Fingerprint;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.Role;
import io.culvert.wire.flow.CallData.Addresses;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Ice;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.NatSightings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection with a peer, from the first signal to the end: the ways to it, and what goes by
 * them. Confined to the loop of its port.
 */
final class PeerSession {
  /** The two ends, as signals name them. */
  record Ends(Party me, Party peer, Role role) {
    Relay.Kind kind() {
      return role == Role.CONTROLLING ? Relay.Kind.CALL : Relay.Kind.ANSWER;
    }
  }

  /** What a peer may say more before it is believed: candidates may overtake the answer. */
  private static final int MOST_EARLY = 32;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** Whoever has not proved by then who it is has no connection. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Logger log = LoggerFactory.getLogger(PeerSession.class);

  private final EventLoop loop;
  private final QuicTransports transports;
  private final Ends ends;
  private final Consumer<Offer> signals;
  private final IceSession ice;
  private final Explanations explanations;
  private final QuicTransport transport;
  private final List<IceCandidate> unsaid = new ArrayList<>();
  private final List<Extensions> early = new ArrayList<>();
  private final CompletableFuture<Connection> result = new CompletableFuture<>();
  private volatile Consumer<PathReport> pathListener = _ -> {};
  private volatile Optional<Explanation> last = Optional.empty();
  private final Future<?> limit;
  private Runnable whenOver = () -> {};
  private boolean peerIsKnown;
  private boolean hasWay;
  private boolean over;

  /**
   * A session that has not begun.
   *
   * @param signals takes what the peer is to be told
   */
  PeerSession(
      EventLoop loop,
      PeerPort port,
      QuicTransports transports,
      Ends ends,
      Consumer<Offer> signals) {
    this.loop = loop;
    this.transports = transports;
    this.ends = ends;
    this.signals = signals;
    this.ice = new IceSession(port, ends.role(), new Ways());
    this.explanations = new Explanations(port, ice, ends.peer().account());
    this.transport =
        ends.role() == Role.CONTROLLING
            ? transports.caller(ends.peer().account())
            : transports.callee(ends.peer().account());
    transport.connection().ended().thenAccept(ending -> loop.execute(() -> end(ending.sentence())));
    this.limit = loop.schedule(this::limitReached, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends with the connection, or with why there is none. */
  CompletableFuture<Connection> result() {
    return result;
  }

  /** Has that run at the end. */
  void whenOver(Runnable task) {
    whenOver = task;
  }

  private void limitReached() {
    fail(
        new CulvertException(
            Reason.NOT_ANSWERED,
            "%s did not connect within %d s.".formatted(name(), LIMIT.toSeconds())));
  }

  /** Whether the peer has called. */
  boolean isIncoming() {
    return ends.role() == Role.CONTROLLED;
  }

  /** Whether it is the one with these ends. */
  boolean isWith(Party peer, Party me) {
    return ends.peer().equals(peer) && (me.sessionId() == 0 || ends.me().equals(me));
  }

  /** Whether there is neither a connection yet nor an end. */
  boolean isBeginning() {
    return !result.isDone();
  }

  /** Whether that is our number in it. */
  boolean isOurs(long sessionId) {
    return ends.me().sessionId() == sessionId;
  }

  /** What the peer is told first. */
  Offer offer() {
    List<String> flight =
        transport.takeHeld().stream().map(Base64.getEncoder()::encodeToString).toList();
    return offer(ice.description(), false, flight);
  }

  /**
   * The peer repeats its call: it has not heard the answer. What QUIC has said, it repeats itself.
   */
  void answerAgain() {
    if (!over && peerIsKnown) {
      signals.accept(offer(ice.description(), false, List.of()));
    }
  }

  /** Whether we have called, and nothing has come of it yet. */
  boolean isUnanswered() {
    return !over && !peerIsKnown;
  }

  /** What it is told more. */
  private void say(Ice description) {
    signals.accept(offer(description, true, List.of()));
  }

  private Offer offer(Ice description, boolean trickle, List<String> flight) {
    return new Offer(
        ends.kind(),
        ends.me(),
        ends.peer(),
        Addresses.NONE,
        Optional.empty(),
        Optional.empty(),
        new Extensions(
            Optional.of(description),
            Optional.empty(),
            Optional.of(transports.identity().fingerprint().attribute()),
            trickle,
            flight));
  }

  /**
   * The peer has told who it is: it may prove that.
   *
   * @param proved told when the peer has proved to be that; the connection is ready when it is done
   * @return false when that is known already, or all is over
   */
  boolean believe(Offer peers, Fingerprint fingerprint, Supplier<CompletableFuture<?>> proved) {
    if (over || peerIsKnown) {
      return false;
    }
    peerIsKnown = true;
    transport.believe(fingerprint);
    transport.received(datagrams(peers.extensions().quic()));
    QuicConnection connection = transport.connection();
    connection
        .connected()
        .thenCompose(_ -> proved.get())
        .whenCompleteAsync((_, why) -> connected(connection, why), loop);
    return true;
  }

  /** It has also told where it is: the search for it begins. */
  void search(Offer peers) {
    peers.extensions().ice().ifPresent(ice::peerSays);
    early.forEach(this::hear);
    early.clear();
    unsaid.forEach(this::say);
    unsaid.clear();
  }

  /** What is none is lost, as it may be on the way. */
  private static List<byte[]> datagrams(List<String> texts) {
    List<byte[]> datagrams = new ArrayList<>();
    for (String text : texts) {
      try {
        datagrams.add(Base64.getDecoder().decode(text));
      } catch (IllegalArgumentException e) {
        break;
      }
    }
    return datagrams;
  }

  /** The peer has said more of where it is. */
  void peerSaysMore(Extensions more) {
    if (peerIsKnown) {
      hear(more);
    } else if (early.size() < MOST_EARLY) {
      early.add(more);
    }
  }

  private void hear(Extensions more) {
    more.ice().ifPresent(ice::peerSays);
  }

  /** The server cannot tell the peer, which a connection that there is lives on without. */
  void isOffline() {
    if (!result.isDone()) {
      fail(
          new CulvertException(
              Reason.PEER_OFFLINE, "%s is not online at this server.".formatted(name())));
    }
  }

  /**
   * The peer does not want to. A connection that there is says itself when it ends: the server says
   * it of everybody who loses the connection to it.
   */
  void endedByPeer(EndMode mode) {
    if (!result.isDone()) {
      fail(
          mode == EndMode.BUSY
              ? new CulvertException(
                  Reason.BUSY,
                  "%s is called by too many at the moment; try again.".formatted(name()))
              : new CulvertException(Reason.REFUSED, "%s does not take part.".formatted(name())));
    }
  }

  /** Gives up; a connection that there is already ends with the same sentence. */
  void fail(CulvertException why) {
    result.completeExceptionally(why);
    transport.lost(sentence(why));
    end(sentence(why));
  }

  private static String sentence(Throwable why) {
    return Objects.requireNonNullElse(why.getMessage(), why.toString());
  }

  private void connected(QuicConnection connection, @Nullable Throwable why) {
    if (why != null) {
      connection.close();
      end(sentence(why));
    } else if (!over) {
      limit.cancel(false);
      result.complete(new Connection(this, connection));
    }
  }

  private void end(String why) {
    if (!over) {
      over = true;
      last = Optional.of(explanations.why());
      limit.cancel(false);
      ice.close();
      result.completeExceptionally(new CulvertException(Reason.NOT_PUNCHED, why));
      whenOver.run();
    }
  }

  /** The peer's account. */
  String name() {
    return ends.peer().account();
  }

  private void say(IceCandidate candidate) {
    say(ice.description(List.of(candidate)));
  }

  /** Tells where we are now. */
  void sayAll() {
    if (!over && peerIsKnown) {
      say(ice.description());
    }
  }

  /**
   * Tells where we are as long as there is no way: the peer may have lost its own and where we
   * were, and what is said while the server is away gets lost.
   */
  private void sayAgain(Duration pause) {
    if (!over && peerIsKnown && ice.selected().isEmpty()) {
      say(ice.description());
      loop.schedule(() -> sayAgain(pause.multipliedBy(2)), pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The way that is taken; any thread may ask. */
  Optional<PathReport> path() {
    return last.isPresent() ? Optional.empty() : ask(explanations::path);
  }

  /** Why that way, or why that was taken in the end; any thread may ask. */
  Explanation why() {
    return last.orElseGet(() -> ask(explanations::why));
  }

  /** Who asks on the loop must not wait for it. */
  private <T> T ask(Supplier<T> question) {
    return loop.inEventLoop()
        ? question.get()
        : CompletableFuture.supplyAsync(question, loop).join();
  }

  void onPath(Consumer<PathReport> listener) {
    pathListener = listener;
  }

  /** What the application does with it is not to disturb what is being done here. */
  private void tellListener(PathReport path) {
    Consumer<PathReport> listener = pathListener;
    loop.execute(() -> {
      try {
        listener.accept(path);
      } catch (RuntimeException e) {
        log.warn("The listener for paths to {} has failed", name(), e);
      }
    });
  }

  private final class Ways implements IceSession.Observer {
    @Override
    public void found(IceCandidate candidate) {
      if (peerIsKnown) {
        say(candidate);
      } else {
        unsaid.add(candidate);
      }
    }

    @Override
    public void open() {
      transport.lead((datagrams, size) -> {
        ice.send(datagrams, size);
        datagrams.release();
      });
    }

    @Override
    public void seen(NatSightings nat) {
      say(ice.description(nat));
    }

    @Override
    public void selected(CandidatePair way) {
      hasWay = true;
      explanations.report(way).ifPresent(PeerSession.this::tellListener);
    }

    @Override
    public void failed() {
      if (!hasWay) {
        fail(new NoWayException(explanations.why()));
      }
    }

    @Override
    public void lost() {
      transport.hold();
      // The search goes on; the connection ends by itself when nothing comes of that.
      sayAgain(FIRST_PAUSE);
    }

    @Override
    public void data(ByteBuf datagram) {
      transport.received(datagram);
    }
  }
}
