package io.culvert.wire.flow;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.CallData.Addresses;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Ice;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallData.TcpOffer;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.ice.NatSightings.Mapping;
import io.culvert.wire.json.Json;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code data} of a relayed signal to {@link CallData} and back. Stateless. */
public final class CallDataCodec {
  private CallDataCodec() {}

  /** The signal that carries {@code data} to its receiver. */
  public static Relay relay(Head head, CallData data) {
    return new Relay(
        head, data.kind(), false, data.me().account(), data.peer().account(), encode(data));
  }

  /**
   * What the peer says. Who it is and who is meant are those of the relay, which the server has
   * checked; the accounts within {@code data} are the sender's word only and not read.
   *
   * @throws MalformedMessageException when it is nothing that could be acted on
   */
  public static CallData decode(Relay relay) throws MalformedMessageException {
    ObjectNode data = relay.data();
    OptionalLong bizType = Json.integer(data, "bizType", 0, Integer.MAX_VALUE);
    if (bizType.isPresent() && bizType.getAsLong() != relay.kind().bizType()) {
      throw new MalformedMessageException("bizType and signalType contradict each other");
    }
    return switch (relay.kind()) {
      case CALL, ANSWER ->
          new Offer(
              relay.kind(),
              new Party(relay.myAccount(), sessionId(data, "peerSessionID")),
              new Party(relay.peerAccount(), sessionId(data, "mySessionID")),
              new Addresses(
                  address(data, "peerInterIP", "peerInterPort"),
                  address(data, "peerLocalIP", "peerLocalPort"),
                  address(data, "peerRelayIP", "peerRelayPort")),
              address(data, "relayIP", "relayPort"),
              Members.credentials(data, "turn"),
              extensions(data));
      case END ->
          new End(
              new Party(relay.myAccount(), sessionIdOrNone(data, "peerSessionID").orElse(0)),
              new Party(relay.peerAccount(), sessionIdOrNone(data, "mySessionID").orElse(0)),
              endMode(data));
    };
  }

  /** What is no address counts as one that the peer does not know: its others may do. */
  private static Optional<InetSocketAddress> address(
      ObjectNode object, String ipName, String portName) {
    try {
      return Members.address(object, ipName, portName);
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  private static long sessionId(ObjectNode data, String name) throws MalformedMessageException {
    return sessionIdOrNone(data, name)
        .orElseThrow(() -> new MalformedMessageException(name + " is missing"));
  }

  private static OptionalLong sessionIdOrNone(ObjectNode data, String name)
      throws MalformedMessageException {
    return Json.integer(data, name, 0, FlowMessage.MAX_SESSION_ID);
  }

  /** An end whose reason is unknown is an end all the same. */
  private static EndMode endMode(ObjectNode data) throws MalformedMessageException {
    long mode = Json.integer(data, "endMode", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0);
    if (mode == 1) {
      return EndMode.BUSY;
    }
    return mode == 2 || mode == 3 ? EndMode.REFUSE : EndMode.HANG_UP;
  }

  private static Extensions extensions(ObjectNode data) throws MalformedMessageException {
    Optional<String> fingerprint = Json.text(data, "fingerprint");
    if (fingerprint.isPresent() && fingerprint.get().length() > Extensions.MAX_FINGERPRINT_LENGTH) {
      throw new MalformedMessageException("fingerprint is too long");
    }
    List<String> quic =
        data.has("quic") ? Members.texts(data, "quic", Extensions.MAX_DATAGRAMS) : List.of();
    if (!Extensions.areDatagrams(quic)) {
      throw new MalformedMessageException("quic holds something that is too long");
    }
    return new Extensions(ice(data), tcp(data), fingerprint, Members.flag(data, "trickle"), quic);
  }

  private static Optional<Ice> ice(ObjectNode data) throws MalformedMessageException {
    Optional<ObjectNode> member = Json.object(data, "ice");
    if (member.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode ice = member.get();
    String ufrag = Members.text(ice, "ufrag");
    String pwd = Members.text(ice, "pwd");
    List<String> candidates = Members.texts(ice, "candidates", Ice.MAX_CANDIDATES);
    if (!Ice.areCredentials(ufrag, pwd) || !Ice.areCandidates(candidates)) {
      throw new MalformedMessageException("ice is not as RFC 8839 has it");
    }
    return Optional.of(new Ice(ufrag, pwd, candidates, nat(ice)));
  }

  /** What makes no sense counts as nothing: it is only a hint. */
  private static Optional<NatSightings> nat(ObjectNode ice) {
    try {
      Optional<ObjectNode> nat = Json.object(ice, "nat");
      return nat.isEmpty() ? Optional.empty() : Optional.of(sightings(nat.get()));
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  private static NatSightings sightings(ObjectNode nat) throws MalformedMessageException {
    String mapping = Members.text(nat, "mapping");
    List<InetSocketAddress> seen = new ArrayList<>();
    for (String text : Members.texts(nat, "seen", NatSightings.MOST)) {
      seen.add(Members.ipv4(text));
    }
    return new NatSightings(
        switch (mapping) {
          case "independent" -> Mapping.INDEPENDENT;
          case "dependent" -> Mapping.DEPENDENT;
          default -> Mapping.UNKNOWN;
        },
        seen);
  }

  private static Optional<TcpOffer> tcp(ObjectNode data) throws MalformedMessageException {
    Optional<ObjectNode> member = Json.object(data, "tcp");
    if (member.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode tcp = member.get();
    String key = Members.text(tcp, "key");
    if (key.length() != TcpOffer.KEY_LENGTH) {
      throw new MalformedMessageException("key is not " + TcpOffer.KEY_LENGTH + " characters long");
    }
    return Optional.of(
        new TcpOffer(
            address(tcp, "interIP", "interPort"), address(tcp, "localIP", "localPort"), key));
  }

  private static ObjectNode encode(CallData data) {
    return switch (data) {
      case Offer offer -> encode(offer);
      case End end -> encode(end);
    };
  }

  private static ObjectNode encode(Offer offer) {
    ObjectNode data =
        Json.object()
            .put("peerAccount", offer.peer().account())
            .put("peerSessionID", offer.peer().sessionId());
    Addresses addresses = offer.addresses();
    addresses.inter().ifPresent(a -> Members.putAddress(data, "peerInterIP", "peerInterPort", a));
    addresses.local().ifPresent(a -> Members.putAddress(data, "peerLocalIP", "peerLocalPort", a));
    addresses.relay().ifPresent(a -> Members.putAddress(data, "peerRelayIP", "peerRelayPort", a));
    data.put("myAccount", offer.me().account())
        .put("mySessionID", offer.me().sessionId())
        .put("bizType", offer.kind().bizType());
    offer.relayServer().ifPresent(a -> Members.putAddress(data, "relayIP", "relayPort", a));
    offer.turn().ifPresent(turn -> Members.putCredentials(data, "turn", turn));
    encode(offer.extensions(), data);
    return data;
  }

  private static void encode(Extensions extensions, ObjectNode data) {
    extensions
        .ice()
        .ifPresent(ice -> {
          ObjectNode node = data.putObject("ice").put("ufrag", ice.ufrag()).put("pwd", ice.pwd());
          ice.candidates().forEach(node.putArray("candidates")::add);
          ice.nat()
              .ifPresent(nat -> {
                ObjectNode its = node.putObject("nat").put("mapping", text(nat.mapping()));
                ArrayNode seen = its.putArray("seen");
                nat.seen().forEach(at -> seen.add(NetUtil.toSocketAddressString(at)));
              });
        });
    extensions
        .tcp()
        .ifPresent(tcp -> {
          ObjectNode node = data.putObject("tcp");
          tcp.inter().ifPresent(a -> Members.putAddress(node, "interIP", "interPort", a));
          tcp.local().ifPresent(a -> Members.putAddress(node, "localIP", "localPort", a));
          node.put("key", tcp.key());
        });
    extensions.fingerprint().ifPresent(fingerprint -> data.put("fingerprint", fingerprint));
    if (extensions.trickle()) {
      data.put("trickle", true);
    }
    if (!extensions.quic().isEmpty()) {
      extensions.quic().forEach(data.putArray("quic")::add);
    }
  }

  private static String text(Mapping mapping) {
    return mapping.name().toLowerCase(Locale.ROOT);
  }

  private static ObjectNode encode(End end) {
    ObjectNode data = Json.object().put("peerAccount", end.peer().account());
    if (end.peer().sessionId() != 0) {
      data.put("peerSessionID", end.peer().sessionId());
    }
    data.put("myAccount", end.me().account());
    if (end.me().sessionId() != 0) {
      data.put("mySessionID", end.me().sessionId());
    }
    return data.put("bizType", Relay.Kind.END.bizType())
        .put(
            "endMode",
            switch (end.mode()) {
              case HANG_UP -> 0;
              case BUSY -> 1;
              case REFUSE -> 2;
            });
  }
}
