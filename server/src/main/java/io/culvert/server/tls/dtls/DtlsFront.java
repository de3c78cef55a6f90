package io.culvert.server.tls.dtls;

import io.culvert.server.net.Counters;
import io.culvert.server.net.Party;
import io.culvert.server.net.Tally;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.wire.transport.udp.Endpoint;
import io.culvert.wire.transport.udp.EndpointMap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bouncycastle.tls.DTLSRequest;
import org.bouncycastle.tls.DTLSTransport;
import org.jspecify.annotations.Nullable;

/**
 * Puts DTLS before a UDP service that knows nothing of it: what {@link #isDtls} tells from the
 * service's own datagrams is handed to it, and it makes sessions of that. Only its event loop may
 * use it, and nothing here ever waits.
 *
 * <p>A client must show that it receives what is sent to its address before anything is kept for
 * it. One that begins anew, from the same address and port, replaces its session when the new
 * handshake has succeeded; until then nobody can hurt the old one.
 */
public final class DtlsFront implements AutoCloseable {
  /** A session is closed after that time without a datagram, unless its user needs it. */
  static final Duration SILENCE = Duration.ofSeconds(60);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

  /** Where datagrams leave; the bytes are copied before it returns. */
  @FunctionalInterface
  public interface Outlet {
    void send(ByteBuf bytes, int index, int length, Endpoint to);
  }

  /**
   * How much clients may have.
   *
   * @param handshakes in progress at a time, each a thread's worth of memory
   * @param handshakesPerParty the same for one {@link Party}
   * @param sessions together with handshakes
   * @param sessionsPerParty of one {@link Party}
   */
  record Limits(int handshakes, int handshakesPerParty, int sessions, int sessionsPerParty) {
    static final Limits USUAL = new Limits(256, 32, 16_384, 1024);
  }

  private final EventExecutor loop;
  private final ServerCertificate certificate;
  private final Counters<DtlsCounter> counters;
  private final Outlet outlet;
  private final Function<DtlsSession, DtlsUser> service;
  private final Limits limits;
  private final Crypto crypto = new Crypto();
  private final Cookies cookies;
  private final Records records = new Records();
  private final Plaintext plaintext = new Plaintext();
  private final EndpointMap<Contact> clients = new EndpointMap<>(new SecureRandom().nextLong());
  private final Tally<Party> handshakesPerParty;
  private final Tally<Party> sessionsPerParty;
  private final Future<?> lookout;
  private int handshakes;
  private int sessions;

  /**
   * A front without clients.
   *
   * @param service is told of each new session and says who uses it
   */
  public DtlsFront(
      EventExecutor loop,
      ServerCertificate certificate,
      Counters<DtlsCounter> counters,
      Outlet outlet,
      Function<DtlsSession, DtlsUser> service) {
    this(loop, certificate, counters, outlet, service, Limits.USUAL);
  }

  DtlsFront(
      EventExecutor loop,
      ServerCertificate certificate,
      Counters<DtlsCounter> counters,
      Outlet outlet,
      Function<DtlsSession, DtlsUser> service,
      Limits limits) {
    this.loop = loop;
    this.certificate = certificate;
    this.counters = counters;
    this.outlet = outlet;
    this.service = service;
    this.limits = limits;
    this.cookies = new Cookies(crypto, now());
    this.handshakesPerParty = new Tally<>(limits.handshakesPerParty());
    this.sessionsPerParty = new Tally<>(limits.sessionsPerParty());
    this.lookout =
        loop.scheduleWithFixedDelay(
            this::closeSilent, LOOK_EVERY.toNanos(), LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Whether a datagram that begins with that byte is for the front (RFC 7983 §7). */
  public static boolean isDtls(int firstByte) {
    return firstByte >= 20 && firstByte <= 63;
  }

  /** How many sessions there are. */
  public int sessions() {
    return sessions;
  }

  /** How many handshakes are in progress. */
  public int handshakes() {
    return handshakes;
  }

  /** Takes a datagram that has come from that address; the buffer may be reused afterwards. */
  public void received(ByteBuf buffer, int index, int length, long high, long low, int port) {
    long now = now();
    records.open(buffer, index, length);
    while (records.next()) {
      Contact client = clients.get(high, low, port);
      if (records.isClientHello()) {
        hello(client, new Endpoint(high, low, port), now);
      } else if (client == null) {
        counters.count(DtlsCounter.STRAY);
      } else {
        pass(client, now);
      }
    }
    if (records.isMalformed()) {
      counters.count(DtlsCounter.MALFORMED);
    }
  }

  private void pass(Contact client, long now) {
    Handshake handshake = client.handshake;
    DtlsSession session = client.session;
    if (handshake != null && client.isForHandshake(records)) {
      offer(handshake);
    } else if (session != null) {
      session.received(records.buffer(), records.at(), records.length(), now);
    }
  }

  private void offer(Handshake handshake) {
    if (!handshake.offer(records.copy())) {
      counters.count(DtlsCounter.DROPPED);
    }
  }

  private void hello(@Nullable Contact known, Endpoint from, long now) {
    long random = records.clientRandom();
    if (known != null && known.handshake != null && known.handshake.isOf(random)) {
      offer(known.handshake);
      return;
    }
    DTLSRequest hello = cookies.verify(records.copy(), records.hasCookie(), from, now);
    if (hello == null) {
      challenge(from);
    } else if (known != null && known.session != null && known.session.isOf(random)) {
      counters.count(DtlsCounter.STRAY); // repeated by the network, and late
    } else {
      Contact client = known == null ? new Contact(from) : known;
      if (admits(client)) {
        shakeHands(client, hello, random);
      } else {
        counters.count(DtlsCounter.OVER_LIMIT);
      }
    }
  }

  private void challenge(Endpoint from) {
    int bytes = cookies.answerLength();
    if (bytes == 0) {
      counters.count(DtlsCounter.MALFORMED);
    } else {
      counters.count(DtlsCounter.COOKIE_SENT);
      outlet.send(cookies.answer(), 0, bytes, from);
    }
  }

  /** A client takes no more room by replacing what it has. */
  private boolean admits(Contact client) {
    return (client.handshake != null
            || (handshakes < limits.handshakes() && handshakesPerParty.hasRoom(client.party)))
        && (!client.isGone()
            || (clients.size() < limits.sessions() && sessionsPerParty.hasRoom(client.party)));
  }

  private void shakeHands(Contact client, DTLSRequest hello, long random) {
    if (client.handshake != null) {
      client.handshake.abandon();
      counters.count(DtlsCounter.REPLACED);
      forgetHandshake(client);
    }
    Transport transport = new Transport(loop, outlet, client.endpoint);
    Handshake handshake =
        new Handshake(
            loop,
            transport,
            random,
            new Handshake.Outcome() {
              @Override
              public void succeeded(DTLSTransport dtls) {
                establish(client, random, dtls, transport);
              }

              @Override
              public void failed() {
                counters.count(DtlsCounter.FAILED);
                forgetHandshake(client);
              }
            });
    client.handshake = handshake;
    handshakes++;
    handshakesPerParty.add(client.party);
    clients.put(client.endpoint, client);
    handshake.start(hello, new HandshakePeer(crypto, certificate.identity()));
  }

  private void establish(Contact client, long random, DTLSTransport dtls, Transport transport) {
    if (client.session != null) {
      client.session.replace();
    }
    DtlsSession session =
        new DtlsSession(
            client.endpoint, random, dtls, transport, plaintext, counters, this::forgetSession);
    client.session = session;
    sessions++;
    sessionsPerParty.add(client.party);
    forgetHandshake(client);
    counters.count(DtlsCounter.ESTABLISHED);
    session.use(service.apply(session), now());
    for (byte[] left = transport.takeLeft(); left != null; left = transport.takeLeft()) {
      session.received(Unpooled.wrappedBuffer(left), 0, left.length, now());
    }
  }

  private void forgetHandshake(Contact client) {
    client.handshake = null;
    handshakes--;
    handshakesPerParty.remove(client.party);
    forgetIfGone(client);
  }

  private void forgetSession(DtlsSession session) {
    Contact client = Objects.requireNonNull(clients.get(session.client()));
    client.session = null;
    sessions--;
    sessionsPerParty.remove(client.party);
    forgetIfGone(client);
  }

  private void forgetIfGone(Contact client) {
    if (client.isGone()) {
      clients.remove(client.endpoint);
    }
  }

  private void closeSilent() {
    long since = now() - SILENCE.toNanos();
    for (DtlsSession session : all(session -> session.isIdle(since))) {
      session.end(DtlsCounter.TIMED_OUT);
    }
  }

  private List<DtlsSession> all(Predicate<DtlsSession> which) {
    List<DtlsSession> found = new ArrayList<>();
    clients.forEach((endpoint, client) -> {
      if (client.session != null && which.test(client.session)) {
        found.add(client.session);
      }
    });
    return found;
  }

  private long now() {
    return loop.ticker().nanoTime();
  }

  /** Ends all sessions, telling their clients, and all handshakes. */
  @Override
  public void close() {
    lookout.cancel(false);
    List<Contact> all = new ArrayList<>();
    clients.forEach((endpoint, client) -> all.add(client));
    for (Contact client : all) {
      if (client.handshake != null) {
        client.handshake.abandon();
        forgetHandshake(client);
      }
      if (client.session != null) {
        client.session.close();
      }
    }
  }
}
