package io.culvert.client.ice;

import io.culvert.client.quic.DatagramKind;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.culvert.wire.transport.udp.EndpointMap;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives what comes to the sockets of a peer to the session it is for: STUN by the names and
 * transactions in it, data by the way on which they come (RFC 7983). Confined to the event loop.
 */
final class Demultiplexer {
  /** Who looks first at what comes from servers. */
  interface Servers {
    /** Something has come; false when it is from no relay. */
    boolean heardByRelay(ByteBuf datagram, Endpoint from);

    /** Something of STUN has come; false when it answers nothing that a server was asked. */
    boolean answered(StunMessage message, InetSocketAddress from);

    /** What is sent there does not arrive. */
    void unreachable(Endpoint to);
  }

  /** Whose datagrams come on a way. */
  private record Way(IceSession session, CandidatePair pair) {}

  private final Servers servers;
  private final SecureRandom random;
  private final Map<String, IceSession> sessions = new LinkedHashMap<>();
  private final Map<Base, Inlet> inlets = new HashMap<>();
  private final Map<InetSocketAddress, Way> relayedWays = new HashMap<>();

  /** There are no sessions yet. */
  Demultiplexer(Servers servers, SecureRandom random) {
    this.servers = servers;
    this.random = random;
  }

  /** All sessions there are now. */
  Collection<IceSession> sessions() {
    return List.copyOf(sessions.values());
  }

  /** From now on, what is meant for that session gets to it. */
  void add(String ufrag, IceSession session) {
    sessions.put(ufrag, session);
  }

  /** It is over. */
  void remove(String ufrag) {
    sessions.remove(ufrag);
    forgetWays();
  }

  /** Who sends on a way may have changed. */
  void forgetWays() {
    relayedWays.clear();
    inlets.values().forEach(Inlet::forgetWays);
  }

  /** Takes what comes to a socket. */
  DatagramPort.Receiver inlet(Base base) {
    Inlet inlet = new Inlet(base);
    inlets.put(base, inlet);
    return inlet;
  }

  /** That socket is closed. */
  void close(Base base) {
    inlets.remove(base);
  }

  /** A peer has sent this through the relay. */
  void relayed(ByteBuf data, InetSocketAddress peer) {
    if (!data.isReadable()) {
      return;
    }
    Way way = relayedWays.get(peer);
    if (way != null && kind(data) == DatagramKind.QUIC) {
      way.session().data(way.pair(), data);
    } else {
      take(Bases.relay(peer.getAddress()), Endpoint.of(peer), data);
    }
  }

  private static DatagramKind kind(ByteBuf datagram) {
    return DatagramKind.of(datagram.getUnsignedByte(datagram.readerIndex()), false);
  }

  private void take(Base base, Endpoint from, ByteBuf datagram) {
    switch (kind(datagram)) {
      case STUN -> stun(base, from.toSocketAddress(), datagram);
      case QUIC -> data(base, from, datagram);
      case CHANNEL_DATA, OTHER -> {} // of no protocol that a peer speaks
    }
  }

  private void stun(Base base, InetSocketAddress from, ByteBuf datagram) {
    StunMessage message;
    try {
      message = StunCodec.decode(datagram);
    } catch (MalformedMessageException e) {
      return; // anybody can send anything
    }
    if (!base.relayed() && servers.answered(message, from)) {
      return;
    }
    if (message.messageClass() == StunClass.REQUEST) {
      message
          .first(Username.class)
          .flatMap(username -> session(username.name()))
          .ifPresent(session -> session.received(base, from, datagram));
    } else {
      sessions().forEach(session -> session.received(base, from, datagram));
    }
  }

  /** Whom a check is for that has that name in it. */
  Optional<IceSession> session(String name) {
    int colon = name.indexOf(':');
    return Optional.ofNullable(sessions.get(colon < 0 ? name : name.substring(0, colon)));
  }

  private void data(Base base, Endpoint from, ByteBuf datagram) {
    CandidatePair pair = new CandidatePair(base, from.toSocketAddress());
    // Two connections with one peer share all ways: whose it is, QUIC knows. And what comes may
    // overtake the answer to our check.
    List<IceSession> those =
        sessions.values().stream().filter(session -> session.knows(pair)).toList();
    if (those.size() == 1 && those.getFirst().isValid(pair)) {
      remember(new Way(those.getFirst(), pair), from);
    }
    those.forEach(session -> session.data(pair, datagram));
  }

  private void remember(Way way, Endpoint from) {
    Inlet inlet = inlets.get(way.pair().local());
    if (way.pair().local().relayed()) {
      relayedWays.put(way.pair().remote(), way);
    } else if (inlet != null) {
      inlet.ways.put(from, way);
    }
  }

  /** A socket, and whose datagrams come to it from where. */
  private final class Inlet implements DatagramPort.Receiver {
    private final Base base;
    private EndpointMap<Way> ways = new EndpointMap<>(random.nextLong());

    Inlet(Base base) {
      this.base = base;
    }

    void forgetWays() {
      if (ways.size() > 0) {
        ways = new EndpointMap<>(random.nextLong());
      }
    }

    @Override
    public void received(ByteBuf buffer, int index, int length, long high, long low, int fromPort) {
      if (length == 0) {
        return;
      }
      ByteBuf datagram = buffer.slice(index, length);
      Way way = ways.get(high, low, fromPort);
      if (way != null && kind(datagram) == DatagramKind.QUIC) {
        way.session().data(way.pair(), datagram);
        return;
      }
      Endpoint from = new Endpoint(high, low, fromPort);
      if (!servers.heardByRelay(datagram, from)) {
        take(base, from, datagram);
      }
    }

    @Override
    public void unreachable(Endpoint to, int type, int code, int data) {
      servers.unreachable(to);
    }
  }
}
