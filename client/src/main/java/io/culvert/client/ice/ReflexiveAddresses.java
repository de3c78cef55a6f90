package io.culvert.client.ice;

import io.culvert.client.net.AddressProbe;
import io.culvert.client.net.Alarm;
import io.culvert.traversal.nat.Filtering;
import io.culvert.traversal.nat.NatObservations;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.stun.DiscoveryAttribute.OtherAddress;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the Internet sees a peer's port, asked of STUN servers and kept that way, and what its NAT
 * does. Confined to the event loop.
 */
final class ReflexiveAddresses {
  /** A NAT forgets an idle mapping after 30 s at the earliest. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  private static final Logger log = LoggerFactory.getLogger(ReflexiveAddresses.class);

  /** What is sent goes from the port that is asked about. */
  interface Socket {
    void send(byte[] datagram, InetSocketAddress to);
  }

  private final EventLoop loop;
  private final DatagramLoop datagrams;
  private final RandomGenerator random;
  private final InstantSource time = new MonotonicTime();
  private final Socket socket;
  private final Consumer<InetSocketAddress> found;
  private final Alarm alarm;
  private final List<Runnable> waiting = new ArrayList<>();
  private NatObservations observations = new NatObservations(0);
  private AddressProbe probe;
  private AddressProbe elsewhere;
  private AddressProbe again;
  private List<InetSocketAddress> servers = List.of();
  private AddressProbe.@Nullable Request keptAlive;
  private @Nullable InetSocketAddress server;
  private @Nullable NatSurvey survey;
  private @Nullable FilteringSurvey filteringSurvey;
  private @Nullable InetSocketAddress filteringOf;
  private Filtering filtering = Filtering.UNKNOWN;
  private Runnable whenBack = () -> {};
  private boolean awaited;
  private boolean doubted;
  private boolean silent;
  private @Nullable Future<?> keepAlive;

  /**
   * Nothing is asked yet.
   *
   * @param random fit for secrets
   * @param found told of an address when it is known, and when it is another one
   */
  ReflexiveAddresses(
      EventLoop loop,
      DatagramLoop datagrams,
      RandomGenerator random,
      Socket socket,
      Consumer<InetSocketAddress> found) {
    this.loop = loop;
    this.datagrams = datagrams;
    this.random = random;
    this.socket = socket;
    this.found = found;
    this.alarm = new Alarm(loop, time, this::proceed);
    this.probe = nothing();
    this.elsewhere = nothing();
    this.again = nothing();
  }

  private AddressProbe nothing() {
    return new AddressProbe(List.of(), time.instant(), random);
  }

  /** Begins to ask, for a socket with that port. */
  void begin(List<InetSocketAddress> servers, int port) {
    this.servers = List.copyOf(servers);
    observations = new NatObservations(port);
    probe = new AddressProbe(servers, time.instant(), random);
    proceed();
    keepAlive =
        loop.scheduleAtFixedRate(
            this::keepAlive, KEEP_ALIVE.toMillis(), KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Something of STUN has come; false when it is no answer to this. */
  boolean heard(StunMessage message, InetSocketAddress from) {
    boolean isKept = keptAlive != null && message.answers(keptAlive.message());
    boolean isAsked =
        Stream.of(probe, again, elsewhere).anyMatch(each -> each.heard(message, from));
    if (!isKept && !isAsked) {
      return false;
    }
    awaited = false;
    doubted = false;
    if (message.messageClass() == StunClass.SUCCESS) {
      message.first(XorMappedAddress.class).ifPresent(mapped -> seen(from, mapped.address()));
      message.first(OtherAddress.class).ifPresent(other -> askElsewhere(from, other.address()));
    }
    proceed();
    if (silent) {
      silent = false;
      whenBack.run();
    }
    return true;
  }

  /** Has that run when somebody answers again after nobody has. */
  void whenBack(Runnable task) {
    whenBack = task;
  }

  private void seen(InetSocketAddress by, InetSocketAddress mapped) {
    boolean isFirst = server == null;
    if (isFirst) {
      server = by;
    }
    boolean hasMoved = observations.usual(by, mapped);
    if (isFirst || (hasMoved && by.equals(server))) {
      found.accept(mapped);
    }
  }

  /** RFC 5780 §4.3: another address sees another mapping, if there is one. */
  private void askElsewhere(InetSocketAddress by, InetSocketAddress other) {
    boolean isAnother =
        by.equals(server)
            && other.getAddress() instanceof Inet4Address
            && !other.getAddress().equals(by.getAddress());
    if (isAnother) {
      surveyFiltering(by);
    }
    if (isAnother && elsewhere.address().isEmpty() && elsewhere.isOver(time.instant())) {
      elsewhere = new AddressProbe(List.of(other), time.instant(), random);
    }
  }

  /** Once for each place that we are seen at: behind another NAT it may be otherwise. */
  private void surveyFiltering(InetSocketAddress asked) {
    InetSocketAddress here = observations.usual(asked).orElse(null);
    if (here == null || here.equals(filteringOf)) {
      return;
    }
    filteringOf = here;
    filtering = Filtering.UNKNOWN;
    if (filteringSurvey != null) {
      filteringSurvey.close();
    }
    try {
      filteringSurvey =
          new FilteringSurvey(loop, datagrams, random, asked, found -> filtering = found);
    } catch (IOException e) {
      log.warn("No socket to find out what the router lets in: {}", e.getMessage());
    }
  }

  /** What our NAT lets in; unknown unless a server has had two addresses to find out. */
  Filtering filtering() {
    return filtering;
  }

  private void proceed() {
    Instant now = time.instant();
    List<AddressProbe> probes = List.of(probe, again, elsewhere);
    probes.forEach(each -> each.due(now).forEach(this::send));
    alarm.set(
        probes.stream().flatMap(each -> each.nextDeadline(now).stream()).min(Instant::compareTo));
  }

  /** Asks whether it is still the same; repeats that, for the way to the server may be new. */
  void ask() {
    Instant now = time.instant();
    if (server == null) {
      if (probe.isOver(now)) {
        probe = new AddressProbe(servers, now, random);
      }
    } else {
      again = new AddressProbe(List.of(server), now, random);
    }
    proceed();
  }

  /** Keeps the mapping open, and finds out whether anybody answers. */
  void keepAlive() {
    probe
        .keepAlive()
        .ifPresent(request -> {
          if (awaited) {
            silent |= doubted;
            doubted = true; // one may have got lost
            ask();
          }
          awaited = true;
          keptAlive = request;
          send(request);
        });
  }

  private void send(AddressProbe.Request request) {
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(request.message(), out);
    socket.send(ByteBufUtil.getBytes(out), request.to());
  }

  /** Finds out how ports follow each other at the moment; runs the task when that is done. */
  void survey(Runnable task) {
    waiting.add(task);
    InetSocketAddress asked = server;
    if (survey != null) {
      return;
    }
    if (asked == null) {
      surveyed();
      return;
    }
    try {
      survey =
          new NatSurvey(
              loop,
              datagrams,
              random,
              asked,
              seen -> {
                observations.fresh(seen);
                surveyed();
              });
    } catch (IOException e) {
      log.warn("No sockets to find out about the router: {}", e.getMessage());
      surveyed();
    }
  }

  private void surveyed() {
    survey = null;
    List<Runnable> tasks = List.copyOf(waiting);
    waiting.clear();
    tasks.forEach(Runnable::run);
  }

  /** What is known of our NAT, with what a peer says to have seen of the port. */
  NatSightings sightings(Collection<InetSocketAddress> byPeer) {
    return observations.sightings(byPeer);
  }

  /** Asks nothing any more. */
  void close() {
    alarm.cancel();
    waiting.clear();
    if (survey != null) {
      survey.close();
    }
    if (filteringSurvey != null) {
      filteringSurvey.close();
    }
    if (keepAlive != null) {
      keepAlive.cancel(false);
    }
  }
}
