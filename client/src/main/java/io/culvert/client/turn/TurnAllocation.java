package io.culvert.client.turn;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.stun.StunAttribute.AlternateServer;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An address of ours at a TURN server, or one of each family: asks for it, keeps it, carries
 * datagrams to peers and back, gives it up. Not thread-safe; owns no socket and no clock.
 */
public final class TurnAllocation {
  /** RFC 8656 §7.2: what a server grants that does not say. */
  private static final Duration USUAL_LIFE = Duration.ofMinutes(10);

  /**
   * How often the server is asked to keep it: a NAT on the way forgets an idle mapping after 30 s
   * at the earliest, and a server that has been restarted says only when asked that it has
   * forgotten us.
   */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  /** A server that is there has answered by then, as a rule. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** On a stream much may be in front of the question. */
  private static final Duration PATIENCE_ON_STREAMS = Duration.ofSeconds(1);

  /** Who is told what happens, and does it. */
  public interface Observer {
    /** Send this. */
    void send(byte[] datagram, InetSocketAddress server);

    /** There is an allocation; this is where peers find us, at one address of a family. */
    void allocated(List<InetSocketAddress> relayed);

    /** From now on what is sent to this peer is passed on, and what it sends comes. */
    void permitted(InetAddress peer);

    /** The server has said that it is still there. */
    void confirmed();

    /** It has been asked whether it is, and nothing has come from it for a while; it may still. */
    void silent();

    /** The server does not let us reach this peer. */
    void refused(InetAddress peer);

    /**
     * A peer has sent this.
     *
     * @param data valid until this returns
     */
    void received(ByteBuf data, InetSocketAddress peer);

    /** On a stream: the server sends us on to another one, where this ends. */
    void redirected(InetSocketAddress other);

    /**
     * There is none, or none any more; nothing happens after this.
     *
     * @param why a sentence for people; empty when we have given it up
     */
    void ended(Optional<String> why);
  }

  private enum State {
    ASKING,
    ALLOCATED,
    RELEASING,
    ENDED
  }

  private final Carrier carrier;
  private final RandomGenerator random;
  private final Observer observer;
  private final Transactions transactions;
  private final Peers peers = new Peers();
  private final Set<Class<?>> families = new HashSet<>();
  private InetSocketAddress server;
  private Families wanted;
  private State state = State.ASKING;
  private boolean redirected;
  private Instant refreshDue = Instant.MAX;
  private Instant silentFrom = Instant.MAX;
  private boolean hasHeard;
  private Instant expires = Instant.MAX;

  /**
   * One to come: {@link #begin} asks for it.
   *
   * @param random fit for secrets
   */
  public TurnAllocation(
      InetSocketAddress server,
      TurnLogin login,
      Carrier carrier,
      Families families,
      RandomGenerator random,
      Observer observer) {
    this.server = server;
    this.wanted = families;
    this.carrier = carrier;
    this.random = random;
    this.observer = observer;
    this.transactions = new Transactions(login, carrier, random, this::send, new Answers());
  }

  /** Asks for it. */
  public void begin(Instant now) {
    transactions.begin(new Request.Allocate(wanted), now);
  }

  /**
   * Asks that this peer may be reached, at whatever port; only when there is an allocation, which
   * reaches peers of its own families.
   */
  public void permit(InetAddress peer, Instant now) {
    if (state == State.ALLOCATED && families.contains(peer.getClass())) {
      begin(peers.permit(peer), now);
    }
  }

  /** Does not ask for that again, unless it is permitted anew: there is nobody there any more. */
  public void forget(InetAddress peer) {
    peers.forget(peer);
  }

  /** Asks for a short header for what goes to this peer and comes from it. */
  public void bind(InetSocketAddress peer, Instant now) {
    if (state == State.ALLOCATED && peers.isPermitted(peer.getAddress())) {
      begin(peers.bind(peer), now);
    }
  }

  /** Whether what is sent to that peer is passed on. */
  public boolean reaches(InetSocketAddress peer) {
    return state == State.ALLOCATED && peers.isPermitted(peer.getAddress());
  }

  /**
   * Writes what to send to the server so that a peer that is {@link #reaches reached} gets this.
   *
   * @param data stays the caller's; its indices stay, too
   */
  public void wrap(ByteBuf data, int index, int length, InetSocketAddress peer, ByteBuf out) {
    int channel = peers.channel(peer);
    if (channel == Peers.NO_CHANNEL) {
      byte[] copy = ByteBufUtil.getBytes(data, index, length);
      StunCodec.encode(
          new StunMessage(
              StunClass.INDICATION,
              StunMessage.SEND,
              TransactionId.random(random),
              List.of(new XorPeerAddress(peer), new Data(copy))),
          out);
      return;
    }
    out.writeShort(channel).writeShort(length).writeBytes(data, index, length);
    if (carrier == Carrier.STREAM) {
      out.writeZero(ChannelData.padding(length)); // RFC 8656 §12.5
    }
  }

  /** Where it is, or is asked for: another one than in the beginning when that has sent us on. */
  public InetSocketAddress server() {
    return server;
  }

  /**
   * The server has sent what may be data of a peer in a short header; false when it is not. It
   * changes no deadline.
   *
   * @param message its indices stay
   */
  public boolean carries(ByteBuf message) {
    int at = message.readerIndex();
    if (state == State.ENDED || !ChannelData.isWhole(message, at, message.readableBytes())) {
      return false;
    }
    hasHeard = true;
    InetSocketAddress peer = peers.peer(ChannelData.channel(message, at));
    if (peer != null) {
      received(
          message.slice(at + ChannelData.HEADER_BYTES, ChannelData.dataLength(message, at)), peer);
    }
    return true;
  }

  /**
   * The server has sent something else; false when it is not for this.
   *
   * @param message its indices stay
   */
  public boolean heard(ByteBuf message, Instant now) {
    if (state == State.ENDED || !StunCodec.looksLikeStun(message)) {
      return false;
    }
    try {
      return heard(StunCodec.decode(message), message, now);
    } catch (MalformedMessageException e) {
      return false; // the server would not
    }
  }

  /** Asks at once whether it is still there. */
  public void check(Instant now) {
    if (state != State.ALLOCATED) {
      return;
    }
    if (silentFrom.equals(Instant.MAX)) {
      hasHeard = false;
      silentFrom = now.plus(carrier == Carrier.STREAM ? PATIENCE_ON_STREAMS : PATIENCE);
    }
    if (!transactions.isPending(new Request.Refresh())) {
      refreshDue = Instant.MAX; // until it is answered
      transactions.begin(new Request.Refresh(), now);
    }
  }

  /** The server may have forgotten some of what it has granted: asks for all of it again. */
  public void renew(Instant now) {
    if (state == State.ALLOCATED) {
      check(now);
      peers.renew(now);
    }
  }

  /** What has been asked may have got lost for a reason that is over now: asks it again. */
  public void hurry(Instant now) {
    transactions.hurry(now);
  }

  /** Gives it back. {@link Observer#ended} follows, at the latest when nobody answers. */
  public void release(Instant now) {
    switch (state) {
      case ASKING -> state = State.RELEASING; // as soon as it is there
      case ALLOCATED -> giveBack(now);
      case RELEASING, ENDED -> {}
    }
  }

  /** The time has come. */
  public void deadlineReached(Instant now) {
    if (state == State.ALLOCATED && !expires.isAfter(now)) {
      end(Optional.of(silent()));
      return;
    }
    transactions.pass(now);
    if (state != State.ALLOCATED) {
      return;
    }
    if (!refreshDue.isAfter(now)) {
      check(now);
    }
    peers.due(now).forEach(request -> begin(request, now));
    if (!silentFrom.isAfter(now)) {
      silentFrom = Instant.MAX;
      if (!hasHeard) {
        observer.silent();
      }
    }
  }

  /** When to call {@link #deadlineReached} unless something happens before; empty at the end. */
  public Optional<Instant> nextDeadline() {
    return switch (state) {
      case ASKING, RELEASING -> Optional.of(transactions.nextDeadline());
      case ALLOCATED ->
          List.of(
                  transactions.nextDeadline(),
                  peers.nextDeadline(),
                  refreshDue,
                  silentFrom,
                  expires)
              .stream()
              .min(Instant::compareTo);
      case ENDED -> Optional.empty();
    };
  }

  private void begin(@Nullable Request request, Instant now) {
    if (request != null) {
      transactions.begin(request, now);
    }
  }

  private boolean heard(StunMessage message, ByteBuf datagram, Instant now) {
    hasHeard = true; // the answer may be behind all that a peer sends
    if (message.messageClass() == StunClass.INDICATION && message.method() == StunMessage.DATA) {
      message
          .first(XorPeerAddress.class)
          .ifPresent(peer ->
              message
                  .first(Data.class)
                  .ifPresent(
                      data -> received(Unpooled.wrappedBuffer(data.bytes()), peer.address())));
      return true;
    }
    return transactions.heard(message, datagram, now);
  }

  private void received(ByteBuf data, InetSocketAddress peer) {
    if (state == State.ALLOCATED && peers.isPermitted(peer.getAddress())) {
      observer.received(data, peer);
    }
  }

  private void giveBack(Instant now) {
    state = State.RELEASING;
    transactions.begin(new Request.Release(), now);
  }

  private void keepFor(StunMessage answer, Instant now) {
    Duration life =
        answer
            .first(Lifetime.class)
            .map(lifetime -> Duration.ofSeconds(lifetime.seconds()))
            .orElse(USUAL_LIFE);
    expires = now.plus(life);
    Duration half = life.dividedBy(2);
    refreshDue = now.plus(half.compareTo(KEEP_ALIVE) < 0 ? half : KEEP_ALIVE);
  }

  private void send(byte[] datagram) {
    observer.send(datagram, server);
  }

  private void end(Optional<String> why) {
    if (state != State.ENDED) {
      state = State.ENDED;
      transactions.clear();
      observer.ended(why);
    }
  }

  private String silent() {
    return "The relay %s does not answer any more.".formatted(name());
  }

  private String name() {
    return NetUtil.toSocketAddressString(server);
  }

  private final class Answers implements Transactions.Observer {
    @Override
    public void succeeded(Request request, StunMessage answer, Instant now) {
      switch (request) {
        case Request.Allocate(Families _) -> allocated(answer, now);
        case Request.Refresh() -> {
          silentFrom = Instant.MAX;
          keepFor(answer, now);
          observer.confirmed();
        }
        case Request.Release() -> end(Optional.empty());
        case Request.Permit permission -> {
          if (peers.granted(permission, now)) {
            observer.permitted(permission.peer());
          }
        }
        case Request.Bind channel -> peers.granted(channel, now);
      }
    }

    private void allocated(StunMessage answer, Instant now) {
      List<InetSocketAddress> relayed = relayed(answer);
      if (relayed.isEmpty()) {
        end(Optional.of("The relay %s does not say where it is.".formatted(name())));
        return;
      }
      if (state == State.RELEASING) {
        giveBack(now);
        return;
      }
      state = State.ALLOCATED;
      keepFor(answer, now);
      observer.allocated(relayed);
    }

    /** A server that has no address of one of the families says so, which is no failure. */
    private List<InetSocketAddress> relayed(StunMessage answer) {
      return answer.attributes().stream()
          .filter(XorRelayedAddress.class::isInstance)
          .map(attribute -> ((XorRelayedAddress) attribute).address())
          .filter(address -> families.add(address.getAddress().getClass()))
          .toList();
    }

    @Override
    public void refused(Request request, ErrorCode why, StunMessage answer, Instant now) {
      switch (request) {
        case Request.Allocate(Families _) -> notAllocated(why, answer, now);
        case Request.Refresh() -> end(Optional.of(sentence(why)));
        case Request.Release() -> end(Optional.empty());
        case Request.Permit permission -> {
          peers.refused(permission);
          observer.refused(permission.peer());
        }
        case Request.Bind channel -> peers.refused(channel); // there are longer headers
      }
    }

    /** RFC 8489 §10, which has more for those who ask for several things. */
    private void notAllocated(ErrorCode why, StunMessage answer, Instant now) {
      if (why.code() == ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED && wanted == Families.BOTH) {
        wanted = Families.IPV4;
        begin(now);
        return;
      }
      Optional<InetSocketAddress> other =
          answer
              .first(AlternateServer.class)
              .map(AlternateServer::address)
              .filter(TurnAllocation.this::mayBeAsked);
      if (why.code() == ErrorCode.TRY_ALTERNATE && other.isPresent() && !redirected) {
        redirected = true;
        if (carrier == Carrier.STREAM) {
          state = State.ENDED;
          transactions.clear();
          observer.redirected(other.get());
          return;
        }
        server = other.get();
        transactions.clear();
        begin(now);
      } else {
        end(Optional.of(sentence(why)));
      }
    }

    @Override
    public void unanswered(Request request, Instant now) {
      switch (request) {
        case Request.Allocate(Families _) ->
            end(Optional.of("The relay %s does not answer.".formatted(name())));
        case Request.Release() -> end(Optional.empty());
        case Request.Refresh() -> {
          if (state == State.ALLOCATED) {
            end(Optional.of(silent()));
          }
        }
        case Request.Permit(InetAddress _), Request.Bind(int _, _) -> {
          if (state == State.ALLOCATED) {
            transactions.begin(request, now); // as long as it has not expired
          }
        }
      }
    }
  }

  /** A server may not send us to the services of our own machine, unless it is there itself. */
  private boolean mayBeAsked(InetSocketAddress other) {
    InetAddress ip = other.getAddress();
    return !ip.isAnyLocalAddress()
        && !ip.isMulticastAddress()
        && (!ip.isLoopbackAddress() || server.getAddress().isLoopbackAddress())
        && ip.getClass().equals(server.getAddress().getClass());
  }

  private String sentence(ErrorCode why) {
    String relay = name();
    return switch (why.code()) {
      case ErrorCode.UNAUTHENTICATED, ErrorCode.STALE_NONCE, ErrorCode.WRONG_CREDENTIALS ->
          "The relay %s does not accept our credentials.".formatted(relay);
      case ErrorCode.FORBIDDEN -> "The relay %s does not serve us.".formatted(relay);
      case ErrorCode.ALLOCATION_MISMATCH ->
          "The relay %s knows our port from somebody else, or not any more.".formatted(relay);
      case ErrorCode.ALLOCATION_QUOTA_REACHED ->
          "At the relay %s this account has as many connections as it may.".formatted(relay);
      case ErrorCode.INSUFFICIENT_CAPACITY ->
          "The relay %s has no room for another connection.".formatted(relay);
      default -> "The relay %s refuses: %d %s.".formatted(relay, why.code(), why.reason());
    };
  }
}
