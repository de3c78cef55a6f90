package io.culvert.wire.flow;

import io.culvert.wire.flow.CallData.Addresses;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Ice;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallData.TcpOffer;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.LoginResponse;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.FlowMessage.SessionStarted;
import io.culvert.wire.flow.FlowMessage.StartSession;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Any message there is. */
final class FlowMessages {
  private FlowMessages() {}

  static Arbitrary<FlowMessage> fromClient() {
    return Arbitraries.oneOf(
        heads().map(HeartBeat::new),
        Combinators.combine(heads(), accounts(), texts(1, 50)).as(LoginRequest::new),
        Combinators.combine(heads(), accounts(), accounts()).as(StartSession::new),
        Combinators.combine(heads(), accounts()).as(Logout::new),
        relays());
  }

  static Arbitrary<FlowMessage> fromServer() {
    return Arbitraries.oneOf(
        Combinators.combine(
                heads(), addresses(), texts(0, 50), accounts(), credentials().optional())
            .as(LoginResponse::new),
        Combinators.combine(
                heads(),
                accounts(),
                accounts(),
                Arbitraries.longs().between(0, FlowMessage.MAX_SESSION_ID - 1),
                addresses().optional(),
                credentials().optional(),
                credentials().optional())
            .as(SessionStarted::new),
        heads().map(LoggedOut::new),
        Combinators.combine(heads(), texts(0, 100)).as(Replaced::new),
        Combinators.combine(
                heads(),
                Arbitraries.integers().filter(type -> type != SignalType.LOGOUT),
                texts(0, 100))
            .as(Failure::new),
        relays());
  }

  static Arbitrary<CallData> callData() {
    Arbitrary<Party> parties =
        Combinators.combine(accounts(), Arbitraries.longs().between(0, FlowMessage.MAX_SESSION_ID))
            .as(Party::new);
    Arbitrary<Extensions> extensions =
        Combinators.combine(
                ice().optional(),
                tcp().optional(),
                texts(0, 100).optional(),
                Arbitraries.of(true, false),
                texts(0, Extensions.MAX_DATAGRAM_LENGTH).list().ofMaxSize(Extensions.MAX_DATAGRAMS))
            .as(Extensions::new);
    Arbitrary<Addresses> places =
        Combinators.combine(addresses().optional(), addresses().optional(), addresses().optional())
            .as(Addresses::new);
    return Arbitraries.oneOf(
        Combinators.combine(parties, parties, Arbitraries.of(EndMode.class)).as(End::new),
        Combinators.combine(
                Arbitraries.of(Relay.Kind.CALL, Relay.Kind.ANSWER),
                parties,
                parties,
                places,
                addresses().optional(),
                credentials().optional(),
                extensions)
            .as(Offer::new));
  }

  private static Arbitrary<Relay> relays() {
    return Combinators.combine(heads(), callData(), Arbitraries.of(true, false))
        .as((head, data, oldForm) -> {
          Relay relay = CallDataCodec.relay(head, data);
          // Read from text, for a tree knows how large a number's type was.
          return new Relay(
              head,
              relay.kind(),
              oldForm,
              relay.peerAccount(),
              relay.myAccount(),
              Frames.object(relay.data().toString()));
        });
  }

  private static Arbitrary<Head> heads() {
    return Combinators.combine(texts(0, 32), Arbitraries.integers())
        .as((token, seq) -> seq % 3 == 0 ? Head.EMPTY.withToken(token) : Head.numbered(token, seq));
  }

  private static Arbitrary<Ice> ice() {
    Arbitrary<String> iceTexts =
        Arbitraries.strings().alpha().numeric().withChars("+/").ofMinLength(22).ofMaxLength(40);
    return Combinators.combine(iceTexts, iceTexts, texts(0, 60).list().ofMaxSize(3)).as(Ice::new);
  }

  private static Arbitrary<TcpOffer> tcp() {
    return Combinators.combine(
            addresses().optional(),
            addresses().optional(),
            Arbitraries.strings().alpha().numeric().ofLength(32))
        .as(TcpOffer::new);
  }

  private static Arbitrary<TurnCredentials> credentials() {
    return Combinators.combine(
            texts(0, 30).list().ofMaxSize(3),
            texts(0, 30),
            texts(0, 30),
            Arbitraries.integers().between(0, Integer.MAX_VALUE).map(Duration::ofSeconds))
        .as(TurnCredentials::new);
  }

  private static Arbitrary<String> accounts() {
    return texts(1, 60).filter(FlowMessage::isAccount);
  }

  private static Arbitrary<String> texts(int min, int max) {
    return Arbitraries.strings().all().excludeChars(surrogates()).ofMinLength(min).ofMaxLength(max);
  }

  private static char[] surrogates() {
    char[] all = new char[Character.MAX_SURROGATE - Character.MIN_SURROGATE + 1];
    for (int i = 0; i < all.length; i++) {
      all[i] = (char) (Character.MIN_SURROGATE + i);
    }
    return all;
  }

  /** Any that a peer can have; IPv4 in the clothes of IPv6 comes back as IPv4. */
  private static Arbitrary<InetSocketAddress> addresses() {
    Arbitrary<byte[]> ips =
        Arbitraries.of(4, 16).flatMap(size -> Arbitraries.bytes().array(byte[].class).ofSize(size));
    return Combinators.combine(ips.map(FlowMessages::ip), Arbitraries.integers().between(1, 65_535))
        .as(InetSocketAddress::new)
        .filter(address -> !address.getAddress().isAnyLocalAddress());
  }

  private static InetAddress ip(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
