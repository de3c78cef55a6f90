package io.culvert.wire.flow;

import static io.culvert.wire.flow.Frames.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.culvert.wire.flow.FlowMessage.Relay.Kind;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.ice.NatSightings.Mapping;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallDataCodecTest {
  private static final InetSocketAddress PUBLIC = address("10.0.0.1", 1234);
  private static final InetSocketAddress LOCAL = address("10.0.0.2", 3425);
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  // The signals of the protocol's first description.

  @Test
  void aCall() throws Exception {
    String json =
        """
        {"peerAccount":"appleseedez","peerSessionID":112,"peerInterIP":"10.0.0.1",\
        "peerInterPort":1234,"peerLocalIP":"10.0.0.2","peerLocalPort":3425,\
        "myAccount":"liuyang","mySessionID":113,"bizType":1024}\
        """;
    Offer call =
        new Offer(
            Kind.CALL,
            new Party("appleseedez", 112),
            new Party("liuyang", 113),
            new Addresses(Optional.of(PUBLIC), Optional.of(LOCAL), Optional.empty()),
            Optional.empty(),
            Optional.empty(),
            Extensions.NONE);
    Relay relay = CallDataCodec.relay(Head.EMPTY, call);
    assertThat(relay)
        .isEqualTo(new Relay(Head.EMPTY, Kind.CALL, false, "liuyang", "appleseedez", relay.data()));
    assertThat(relay.data()).hasToString(json);
    assertThat(decode(Kind.CALL, json)).isEqualTo(call);
  }

  @Test
  void anAnswerIsFromWhomTheServerSaysItIs() throws Exception {
    // Here the description has the accounts of the call; whoever wants to deceive writes others.
    String json =
        """
        {"peerAccount":"liuyang","peerSessionID":113,"peerInterIP":"10.0.0.1",
        "peerInterPort":1234,"peerLocalIP":"10.0.0.2","peerLocalPort":3425,
        "myAccount":"liuyang","mySessionID":112,"bizType":2048}\
        """;
    CallData answer =
        CallDataCodec.decode(
            new Relay(Head.EMPTY, Kind.ANSWER, true, "appleseedez", "mallory", object(json)));
    assertThat(answer.peer()).isEqualTo(new Party("mallory", 113));
    assertThat(answer.me()).isEqualTo(new Party("appleseedez", 112));
  }

  @ParameterizedTest
  @CsvSource({"0,HANG_UP", "1,BUSY", "2,REFUSE"})
  void anEnd(int code, EndMode mode) throws Exception {
    End end = new End(new Party("appleseedez", 0), new Party("liuyang", 0), mode);
    assertThat(decode(Kind.END, end(code))).isEqualTo(end);
    assertThat(CallDataCodec.relay(Head.EMPTY, end).data()).isEqualTo(object(end(code)));
  }

  @ParameterizedTest
  @CsvSource({"3,REFUSE", "4,HANG_UP", "-1,HANG_UP"})
  void anEndOfAnotherKind(int code, EndMode mode) throws Exception {
    assertThat(decode(Kind.END, end(code)))
        .isEqualTo(new End(new Party("appleseedez", 0), new Party("liuyang", 0), mode));
  }

  @Test
  void anEndWithoutAReasonIsOneAllTheSame() throws Exception {
    assertThat(decode(Kind.END, "{}"))
        .isEqualTo(new End(new Party("appleseedez", 0), new Party("liuyang", 0), EndMode.HANG_UP));
  }

  @Test
  void allThatAnOfferCanSay() throws Exception {
    Offer call =
        new Offer(
            Kind.CALL,
            new Party("appleseedez", 112),
            new Party("liuyang", 113),
            new Addresses(
                Optional.of(PUBLIC),
                Optional.of(address("2001:db8::5", 9)),
                Optional.of(address("203.0.113.9", 50000))),
            Optional.of(address("203.0.113.10", 3478)),
            Optional.of(new TurnCredentials(List.of("turn:x"), "u", "c", Duration.ofSeconds(9))),
            new Extensions(
                Optional.of(
                    new Ice(
                        "abcd",
                        "0123456789abcdefghij+/",
                        List.of("candidate:1 …"),
                        Optional.of(
                            new NatSightings(
                                Mapping.DEPENDENT,
                                List.of(
                                    address("203.0.113.2", 40110),
                                    address("203.0.113.2", 40111)))))),
                Optional.of(new TcpOffer(Optional.of(PUBLIC), Optional.empty(), KEY)),
                Optional.of("sha-256 AB:CD"),
                true,
                List.of("wAAAAAE=")));
    Relay relay = CallDataCodec.relay(Head.EMPTY, call);
    assertThat(object(relay.data().toString()))
        .isEqualTo(
            object(
                """
                {"peerAccount":"appleseedez","peerSessionID":112,
                 "peerInterIP":"10.0.0.1","peerInterPort":1234,
                 "peerLocalIP":"2001:db8::5","peerLocalPort":9,
                 "peerRelayIP":"203.0.113.9","peerRelayPort":50000,
                 "myAccount":"liuyang","mySessionID":113,"bizType":1024,
                 "relayIP":"203.0.113.10","relayPort":3478,
                 "turn":{"urls":["turn:x"],"username":"u","credential":"c","ttl":9},
                 "ice":{"ufrag":"abcd","pwd":"0123456789abcdefghij+/",
                        "candidates":["candidate:1 …"],
                        "nat":{"mapping":"dependent",
                               "seen":["203.0.113.2:40110","203.0.113.2:40111"]}},
                 "tcp":{"interIP":"10.0.0.1","interPort":1234,
                        "key":"0123456789abcdef0123456789abcdef"},
                 "fingerprint":"sha-256 AB:CD","trickle":true,"quic":["wAAAAAE="]}\
                """));
    assertThat(CallDataCodec.decode(relay)).isEqualTo(call);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'unknown':1",
        "'peerInterIP':''",
        "'peerInterIP':'','peerInterPort':0",
        "'peerInterIP':null,'peerInterPort':null",
        "'peerInterIP':'10.0.0.1'",
        "'peerInterIP':'10.0.0.1','peerInterPort':0",
        "'peerInterPort':1234",
        "'peerInterIP':'0.0.0.0','peerInterPort':1234",
        "'peerInterIP':'::','peerInterPort':1234",
        "'peerInterIP':'example.com','peerInterPort':1",
        "'peerInterIP':7,'peerInterPort':1",
        "'peerLocalIP':'10.0.0.1','peerLocalPort':70000",
        "'peerLocalIP':'10.0.0.1','peerLocalPort':'1'"
      })
  void whatAPeerDoesNotKnowIsMissingOrEmptyOrNoAddress(String members) throws Exception {
    CallData data = decode(Kind.CALL, offer(members));
    assertThat(((Offer) data).addresses()).isEqualTo(Addresses.NONE);
  }

  @Test
  void anAddressIsUsableBesideOneThatIsNone() throws Exception {
    CallData data =
        decode(
            Kind.CALL,
            offer(
                "'peerInterIP':'nowhere','peerInterPort':1,'peerLocalIP':'10.0.0.2','peerLocalPort':2"));
    assertThat(((Offer) data).addresses())
        .isEqualTo(
            new Addresses(
                Optional.empty(),
                Optional.of(new InetSocketAddress("10.0.0.2", 2)),
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | peerSessionID is missing",
        "{'peerSessionID':1} | mySessionID is missing",
        "{'peerSessionID':'1'} | peerSessionID is not a whole number",
        "{'peerSessionID':-1} | peerSessionID is not from 0 to 9007199254740991",
        "{'bizType':2048,'peerSessionID':1,'mySessionID':2} | bizType and signalType contradict each other",
        "+'trickle':1 | trickle is neither true nor false",
        "+'fingerprint':1 | fingerprint is not text",
        "+'quic':'' | quic is no list, or too long",
        "+'quic':['','','','','','','','',''] | quic is no list, or too long",
        "+'quic':[1] | quic holds something else than text",
        "+'ice':[] | ice is not an object",
        "+'ice':{'ufrag':'abc','pwd':'0123456789abcdefghij+/','candidates':[]} | ice is not as RFC 8839 has it",
        "+'ice':{'ufrag':'ab:d','pwd':'0123456789abcdefghij+/','candidates':[]} | ice is not as RFC 8839 has it",
        "+'ice':{'ufrag':'abcd','pwd':'0123456789abcdefghij+','candidates':[]} | ice is not as RFC 8839 has it",
        "+'ice':{'ufrag':'abcd','pwd':'0123456789abcdefghij+/'} | candidates is no list, or too long",
        "+'ice':{'ufrag':'abcd','candidates':[]} | pwd is missing",
        "+'tcp':{} | key is missing",
        "+'tcp':{'key':'short'} | key is not 32 characters long"
      })
  void whatCannotBeActedOnIsMalformed(String data, String reason) {
    String json = data.startsWith("+") ? offer(data.substring(1)) : data.replace('\'', '"');
    assertThatThrownBy(() -> decode(Kind.CALL, json))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage(reason);
  }

  @Test
  void candidatesHaveBounds() throws Exception {
    String longest = "\"" + "x".repeat(512) + "\"";
    assertThat(decode(Kind.CALL, offer(ice((longest + ",").repeat(63) + longest)))).isNotNull();
    for (String tooMuch :
        List.of((longest + ",").repeat(64) + longest, "\"" + "x".repeat(513) + "\"")) {
      assertThatThrownBy(() -> decode(Kind.CALL, offer(ice(tooMuch))))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "7",
        "{}",
        "{'mapping':'dependent'}",
        "{'mapping':'dependent','seen':7}",
        "{'mapping':'dependent','seen':[7]}",
        "{'mapping':'dependent','seen':['203.0.113.2']}",
        "{'mapping':'dependent','seen':['203.0.113.2:0']}",
        "{'mapping':'dependent','seen':['203.0.113.2:70000']}",
        "{'mapping':'dependent','seen':['example.com:7']}",
        "{'mapping':'dependent','seen':['[2001:db8::5]:7']}",
        "{'seen':['1.1.1.1:1','1.1.1.1:2','1.1.1.1:3','1.1.1.1:4','1.1.1.1:5',"
            + "'1.1.1.1:6','1.1.1.1:7','1.1.1.1:8','1.1.1.1:9'],'mapping':'dependent'}"
      })
  void whatMakesNoSenseAboutANatIsNothing(String nat) throws Exception {
    assertThat(nat(nat)).isEmpty();
  }

  @Test
  void aNatMayDoWhatWeDoNotKnow() throws Exception {
    assertThat(nat("{'mapping':'address-dependent','seen':['1.1.1.1:1']}"))
        .contains(new NatSightings(Mapping.UNKNOWN, List.of(address("1.1.1.1", 1))));
  }

  private static Optional<NatSightings> nat(String nat) throws MalformedMessageException {
    Offer offer =
        (Offer)
            decode(
                Kind.CALL,
                offer(
                    "'ice':{'ufrag':'abcd','pwd':'0123456789abcdefghij+/','candidates':[],'nat':"
                        + nat
                        + "}"));
    return offer.extensions().ice().orElseThrow().nat();
  }

  @Test
  void anEndIsNoOffer() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new Offer(
                Kind.END,
                new Party("a", 1),
                new Party("b", 2),
                Addresses.NONE,
                Optional.empty(),
                Optional.empty(),
                Extensions.NONE));
  }

  @Test
  void secretsAreNotShown() {
    assertThat(
            List.of(
                    new Ice("abcd", "0123456789abcdefghij+/", List.of()),
                    new TcpOffer(Optional.empty(), Optional.empty(), KEY))
                .toString())
        .doesNotContain(KEY, "0123456789abcdefghij+/");
  }

  private static String end(int mode) {
    return "{\"peerAccount\":\"appleseedez\",\"myAccount\":\"liuyang\",\"bizType\":4096,\"endMode\":%d}"
        .formatted(mode);
  }

  private static String ice(String candidates) {
    return "'ice':{'ufrag':'abcd','pwd':'0123456789abcdefghij+/','candidates':[%s]}"
        .formatted(candidates);
  }

  private static String offer(String members) {
    return "{'peerSessionID':1,'mySessionID':2,%s}".formatted(members).replace('\'', '"');
  }

  private static CallData decode(Kind kind, String json) throws MalformedMessageException {
    return CallDataCodec.decode(
        new Relay(Head.EMPTY, kind, false, "liuyang", "appleseedez", object(json)));
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }
}
