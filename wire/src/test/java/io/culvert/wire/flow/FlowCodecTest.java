package io.culvert.wire.flow;

import static io.culvert.wire.flow.Frames.fromClient;
import static io.culvert.wire.flow.Frames.fromServer;
import static io.culvert.wire.flow.Frames.jsonOf;
import static io.culvert.wire.flow.Frames.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromClient;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.LoginResponse;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.Relay.Kind;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.FlowMessage.SessionStarted;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.culvert.wire.flow.FlowMessage.Unreadable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

class FlowCodecTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final Head HEAD = new Head(TOKEN, Optional.empty());
  private static final InetSocketAddress RELAY = address("10.0.0.1", 1234);

  // The messages of the protocol's first description, without its comments.

  @Test
  void aHeartBeat() throws Exception {
    String json =
        "{\"head\":{\"signalType\":0,\"status\":0,\"sessionToken\":\"%s\"},\"body\":{}}"
            .formatted(TOKEN);
    assertThat(fromClient(json)).isEqualTo(new HeartBeat(HEAD));
    assertThat(jsonOf(new HeartBeat(HEAD))).isEqualTo(json);
  }

  @Test
  void aLogin() throws Exception {
    String json =
        """
        {"head":{"signalType":1,"status":0,"sessionToken":""},\
        "body":{"account":"appleseedez","password":"ffsdfadfasdf"}}\
        """;
    LoginRequest login = new LoginRequest(Head.EMPTY, "appleseedez", "ffsdfadfasdf");
    assertThat(fromClient(json)).isEqualTo(login);
    assertThat(jsonOf(login)).isEqualTo(json);
  }

  @Test
  void aLoginByToken() throws Exception {
    assertThat(
            fromClient(
                """
                {"head":{"signalType":1,"status":0,"sessionToken":"%s"},\
                "body":{"account":"appleseedez","password":""}}\
                """
                    .formatted(TOKEN)))
        .isEqualTo(new LoginRequest(HEAD, "appleseedez", ""));
    assertThat(
            fromClient(
                """
                {"head":{"signalType":1,"sessionToken":"%s"}}\
                """
                    .formatted(TOKEN)))
        .isEqualTo(new LoginRequest(HEAD, "", ""));
  }

  @Test
  void aLoginsAnswer() throws Exception {
    String json =
        """
        {"head":{"signalType":16,"status":0,"sessionToken":"%s"},\
        "body":{"ssIP":"127.0.0.1","ssPort":3376,"stunServer":"some stun server",\
        "userInfo":{"account":"appleseedez"}}}\
        """
            .formatted(TOKEN);
    LoginResponse response =
        new LoginResponse(
            HEAD, address("127.0.0.1", 3376), "some stun server", "appleseedez", Optional.empty());
    assertThat(fromServer(json)).isEqualTo(response);
    assertThat(jsonOf(response)).isEqualTo(json);
  }

  @Test
  void aLoginsAnswerMayBringCredentialsForTheRelay() throws Exception {
    LoginResponse response =
        new LoginResponse(
            HEAD,
            address("127.0.0.1", 3376),
            "127.0.0.1:3478",
            "appleseedez",
            Optional.of(
                new TurnCredentials(
                    List.of("turn:127.0.0.1:3478"), "u", "c", Duration.ofSeconds(9))));
    assertThat(jsonOf(response))
        .endsWith(
            """
            "turn":{"urls":["turn:127.0.0.1:3478"],"username":"u","credential":"c","ttl":9}}}\
            """);
    assertThat(fromServer(jsonOf(response))).isEqualTo(response);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"ssIP\":\"\",",
        "\"ssIP\":null,",
        "\"ssIP\":\"0.0.0.0\",",
        "\"ssIP\":\"::\","
      })
  void aSignalServerWithoutAnAddressIsWhereTheAnswerComesFrom(String ip) throws Exception {
    String json = "{\"head\":{\"signalType\":16},\"body\":{%s\"ssPort\":7}}".formatted(ip);
    assertThat(fromServer(json))
        .isEqualTo(new LoginResponse(Head.EMPTY, address("0.0.0.0", 7), "", "", Optional.empty()));
  }

  @Test
  void theStartOfASession() throws Exception {
    String json =
        """
        {"head":{"signalType":2,"status":0,"sessionToken":"%s"},\
        "body":{"peerAccount":"liuyang","myAccount":"appleseedez"}}\
        """
            .formatted(TOKEN);
    StartSession start = new StartSession(HEAD, "liuyang", "appleseedez");
    assertThat(fromClient(json)).isEqualTo(start);
    assertThat(jsonOf(start)).isEqualTo(json);
  }

  @Test
  void aSession() throws Exception {
    String json =
        """
        {"head":{"signalType":32,"status":0,"sessionToken":""},\
        "body":{"myAccount":"appleseedez","peerAccount":"liuyang","sessionID":112,\
        "relayIP":"10.0.0.1","relayPort":1234}}\
        """;
    SessionStarted session = session(Optional.empty(), Optional.empty());
    assertThat(fromServer(json)).isEqualTo(session);
    assertThat(jsonOf(session)).isEqualTo(json);
  }

  @Test
  void aSessionWithoutAHead() throws Exception {
    assertThat(
            fromServer(
                """
                {"body":{"myAccount":"appleseedez","peerAccount":"liuyang","sessionID":112,
                "relayIP":"10.0.0.1","relayPort":1234}}\
                """))
        .isEqualTo(session(Optional.empty(), Optional.empty()));
  }

  @Test
  void aSessionWithCredentials() throws Exception {
    String json =
        """
        {"head":{"signalType":32,"status":0,"sessionToken":""},\
        "body":{"myAccount":"appleseedez","peerAccount":"liuyang","sessionID":112,\
        "relayIP":"10.0.0.1","relayPort":1234,\
        "turn":{"urls":["turn:10.0.0.1:1234"],"username":"u","credential":"c","ttl":600},\
        "peerTurn":{"urls":[],"username":"v","credential":"d","ttl":0}}}\
        """;
    SessionStarted session =
        session(
            Optional.of(
                new TurnCredentials(
                    List.of("turn:10.0.0.1:1234"), "u", "c", Duration.ofMinutes(10))),
            Optional.of(new TurnCredentials(List.of(), "v", "d", Duration.ZERO)));
    assertThat(fromServer(json)).isEqualTo(session);
    assertThat(jsonOf(session)).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource({"401, CALL, 1024", "402, ANSWER, 2048", "403, END, 4096"})
  void aRelayedSignal(int type, Kind kind, int bizType) throws Exception {
    String data = "{\"anything\":[1.50,{\"a\":null}],\"bizType\":%d}".formatted(bizType);
    String json =
        """
        {"head":{"signalType":%d,"status":0,"sessionToken":"%s"},\
        "body":{"data":%s,"peerAccount":"liuyang","myAccount":"appleseedez"}}\
        """
            .formatted(type, TOKEN, data);
    Relay relay = new Relay(HEAD, kind, false, "liuyang", "appleseedez", object(data));
    assertThat(fromClient(json)).isEqualTo(relay);
    assertThat(fromServer(json)).isEqualTo(relay);
    assertThat(jsonOf(relay)).isEqualTo(json);

    String oldForm = json.replace("\"signalType\":" + type, "\"signalType\":4");
    Relay old = new Relay(HEAD, kind, true, "liuyang", "appleseedez", object(data));
    assertThat(fromClient(oldForm)).isEqualTo(old);
    assertThat(fromServer(oldForm)).isEqualTo(old);
    assertThat(jsonOf(old)).isEqualTo(oldForm);
    assertThat(old.passedOn())
        .isEqualTo(new Relay(Head.EMPTY, kind, false, "liuyang", "appleseedez", object(data)));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 401})
  void negoIsAnotherNameOfData(int type) throws Exception {
    assertThat(
            fromClient(
                """
                {"head":{"signalType":%d,"status":0,"sessionToken":""},
                 "body":{"nego":{"bizType":1024},"peerAccount":"b","myAccount":"a"}}\
                """
                    .formatted(type)))
        .isEqualTo(
            new Relay(Head.EMPTY, Kind.CALL, type == 4, "b", "a", object("{\"bizType\":1024}")));
  }

  @Test
  void aLogout() throws Exception {
    String json =
        """
        {"head":{"signalType":5,"status":0,"sessionToken":"%s"},\
        "body":{"myAccount":"appleseedez"}}\
        """
            .formatted(TOKEN);
    assertThat(fromClient(json)).isEqualTo(new Logout(HEAD, "appleseedez"));
    assertThat(jsonOf(new Logout(HEAD, "appleseedez"))).isEqualTo(json);
    assertThat(
            fromClient(
                "{\"head\":{\"signalType\":5,\"status\":0,\"sessionToken\":\"%s\"}}"
                    .formatted(TOKEN)))
        .isEqualTo(new Logout(HEAD, ""));
  }

  @Test
  void aLogoutsAnswer() throws Exception {
    String json = "{\"head\":{\"signalType\":80,\"status\":0,\"sessionToken\":\"\"},\"body\":{}}";
    assertThat(fromServer(json)).isEqualTo(new LoggedOut(Head.EMPTY));
    assertThat(jsonOf(new LoggedOut(Head.EMPTY))).isEqualTo(json);
  }

  @Test
  void theNoticeOfAReplacement() throws Exception {
    String json =
        """
        {"head":{"signalType":5,"status":-1,"sessionToken":""},\
        "body":{"description":"replaced"}}\
        """;
    assertThat(fromServer(json)).isEqualTo(new Replaced(Head.EMPTY, "replaced"));
    assertThat(jsonOf(new Replaced(Head.EMPTY, "replaced"))).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 16, 32, 80, 401, 402, 403, 77, -1})
  void aFailure(int type) throws Exception {
    String json =
        """
        {"head":{"signalType":%d,"status":-1,"sessionToken":"","seq":7},\
        "body":{"description":"no"}}\
        """
            .formatted(type);
    Failure failure = new Failure(Head.numbered("", 7), type, "no");
    assertThat(fromServer(json)).isEqualTo(failure);
    assertThat(jsonOf(failure)).isEqualTo(json);
    assertThat(fromServer("{\"head\":{\"signalType\":%d,\"status\":-1}}".formatted(type)))
        .isEqualTo(new Failure(Head.EMPTY, type, ""));
  }

  @ParameterizedTest
  @CsvSource({"1,16", "2,32", "5,80", "0,0", "4,4", "401,401", "402,402", "403,403", "99,99"})
  void aFailureCarriesTheTypeOfTheAnswer(int request, int answer) throws Exception {
    FromClient message =
        fromClient(
            """
            {"head":{"signalType":%d,"status":0,"sessionToken":"%s","seq":7},"body":
             {"account":"a","password":"p","peerAccount":"b","myAccount":"a",
              "data":{"bizType":1024}}}\
            """
                .formatted(request, TOKEN));
    assertThat(message.failure("no")).isEqualTo(new Failure(Head.numbered("", 7), answer, "no"));
  }

  @Test
  void seqIsAnIntegerOrAShortText() throws Exception {
    assertThat(heartBeat("\"seq\":2147483647"))
        .isEqualTo(new HeartBeat(new Head(TOKEN, Optional.of(IntNode.valueOf(Integer.MAX_VALUE)))));
    assertThat(heartBeat("\"seq\":\"" + "x".repeat(64) + "\""))
        .isEqualTo(new HeartBeat(new Head(TOKEN, Optional.of(StringNode.valueOf("x".repeat(64))))));
    assertThat(heartBeat("\"seq\":null")).isEqualTo(new HeartBeat(HEAD));
    assertThat(heartBeat("\"seq\":123456789012345678901234567890").head().answer().seq())
        .hasValueSatisfying(seq -> assertThat(seq).hasToString("123456789012345678901234567890"));
    for (String not : List.of("1.5", "true", "[]", "{}", "\"" + "x".repeat(65) + "\"")) {
      assertThat(heartBeat("\"seq\":" + not))
          .isEqualTo(new Unreadable(Head.EMPTY, 0, "seq is neither an integer nor a short text"));
    }
  }

  @Test
  void aNumberOfTheHeadIsOneOnlyWhenItFits() throws Exception {
    assertThat(heartBeat("\"seq\":-5").head().number()).hasValue(-5);
    assertThat(heartBeat("\"seq\":\"5\"").head().number()).isEmpty();
    assertThat(heartBeat("\"seq\":123456789012345678901234567890").head().number()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"body\":{}}",
        "{\"body\":{\"sessionID\":1}}",
        "{\"head\":null}",
        "{\"head\":[]}",
        "{\"head\":{}}",
        "{\"head\":{\"signalType\":null}}",
        "{\"head\":{\"signalType\":\"0\"}}",
        "{\"head\":{\"signalType\":0.0}}",
        "{\"head\":{\"signalType\":1e0}}",
        "{\"head\":{\"signalType\":true}}",
        "{\"head\":{\"signalType\":2147483648}}",
        "{\"head\":{\"signalType\":99999999999999999999}}",
        "{\"head\":{\"signalType\":0,\"signalType\":0}}",
        "{\"head\":{\"signalType\":0}}{\"head\":{\"signalType\":0}}",
        "{\"head\":{\"signalType\":0}} x",
        "{\"head\":{\"signalType\":0}}\0\0",
        "{\"head\":{\"signalType\":0}}\0 ",
        "\0",
        "[]",
        "0",
        "null",
        "{\"head\":{\"signalType\":0},\"body\":{\"s\":\"\\ud800\"}}",
        "\uFEFF{\"head\":{\"signalType\":0}}"
      })
  void whatHasNoHeadIsMalformed(String json) {
    assertThatThrownBy(() -> fromClient(json)).isInstanceOf(MalformedMessageException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"head\":{\"signalType\":0}}\0",
        " {\"head\":{\"signalType\":0}} ",
        "\r\n\t{\"head\":{\"signalType\":0}}\n\0",
        "{\"head\":{\"signalType\":0},\"body\":{\"more\":1},\"and\":{\"more\":[]}}",
        "{\"body\":null,\"head\":{\"signalType\":0,\"status\":null,\"sessionToken\":null}}"
      })
  void oneNulWhiteSpaceAndUnknownMembersAreTolerated(String json) throws Exception {
    assertThat(fromClient(json)).isEqualTo(new HeartBeat(Head.EMPTY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'signalType':0,'status':1 | {} | status is not from -1 to 0",
        "'signalType':0,'status':'0' | {} | status is not a whole number",
        "'signalType':0,'sessionToken':5 | {} | sessionToken is not text",
        "'signalType':0 | [] | body is not an object",
        "'signalType':1 | {} | password is missing",
        "'signalType':1 | {'account':'a'} | password is missing",
        "'signalType':1 | {'password':'p'} | account is missing",
        "'signalType':1 | {'account':'','password':'p'} | account is not the name of an account",
        "'signalType':1 | {'account':7,'password':'p'} | account is not text",
        "'signalType':2 | {'myAccount':'a'} | peerAccount is missing",
        "'signalType':2 | {'peerAccount':'b'} | myAccount is missing",
        "'signalType':2 | {'peerAccount':'','myAccount':'a'} | peerAccount is not the name of an account",
        "'signalType':5 | {'myAccount':{}} | myAccount is not text",
        "'signalType':401 | {'peerAccount':'b','myAccount':'a'} | data is missing",
        "'signalType':401 | {'data':[],'peerAccount':'b','myAccount':'a'} | data is not an object",
        "'signalType':403 | {'data':{},'peerAccount':'b'} | myAccount is missing",
        "'signalType':4 | {'data':{},'peerAccount':'b','myAccount':'a'} | bizType is none of 1024, 2048 and 4096",
        "'signalType':4 | {'data':{'bizType':1},'peerAccount':'b','myAccount':'a'} | bizType is none of 1024, 2048 and 4096",
        "'signalType':4 | {'data':{'bizType':'1024'},'peerAccount':'b','myAccount':'a'} | bizType is not a whole number",
        "'signalType':16 | {} | unknown signalType 16",
        "'signalType':99 | {} | unknown signalType 99",
        "'signalType':-1 | {} | unknown signalType -1"
      },
      quoteCharacter = '"')
  void whatIsWrongBelowTheHeadCanBeAnswered(String head, String body, String reason)
      throws Exception {
    String json = "{\"head\":{%s,\"seq\":7},\"body\":%s}".formatted(head, body).replace('\'', '"');

    FromClient message = fromClient(json);

    assertThat(message).isInstanceOf(Unreadable.class);
    assertThat(message.failure("no").head().number()).hasValue(7);
    assertThat(((Unreadable) message).description()).isEqualTo(reason);
  }

  @Test
  void namesTokensAndPasswordsHaveBounds() throws Exception {
    assertThat(login("ü".repeat(127) + "x", "p".repeat(1024))).isInstanceOf(LoginRequest.class);
    assertThat(login("ü".repeat(128), "p")).isInstanceOf(Unreadable.class);
    assertThat(login("a", "p".repeat(1025))).isInstanceOf(Unreadable.class);
    assertThat(
            fromClient(
                "{\"head\":{\"signalType\":0,\"sessionToken\":\"%s\"}}".formatted("t".repeat(256))))
        .isEqualTo(new Unreadable(Head.EMPTY, 0, "sessionToken is longer than 255 characters"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'signalType':16 | {} | ssPort is missing",
        "'signalType':16 | {'ssIP':'127.0.0.1'} | ssPort is missing",
        "'signalType':16 | {'ssIP':'localhost','ssPort':1} | ssIP is not an IP address",
        "'signalType':16 | {'ssIP':'127.1','ssPort':1} | ssIP is not an IP address",
        "'signalType':16 | {'ssIP':'fe80::1%eth0','ssPort':1} | ssIP is not an IP address",
        "'signalType':16 | {'ssIP':'127.0.0.1','ssPort':65536} | ssPort is not from 0 to 65535",
        "'signalType':16 | {'ssIP':'127.0.0.1','ssPort':'1'} | ssPort is not a whole number",
        "'signalType':16 | {'ssIP':'127.0.0.1','ssPort':1,'userInfo':7} | userInfo is not an object",
        "'signalType':32 | {'myAccount':'a','peerAccount':'b'} | sessionID is missing",
        "'signalType':32 | {'myAccount':'a','peerAccount':'b','sessionID':-1} | sessionID is not from 0 to 9007199254740990",
        "'signalType':32 | {'myAccount':'a','peerAccount':'b','sessionID':1,'turn':{'urls':['',1]}} | urls holds something else than text",
        "'signalType':32 | {'myAccount':'a','peerAccount':'b','sessionID':1,'turn':{'urls':{}}} | urls is no list, or too long",
        "'signalType':32 | {'myAccount':'a','peerAccount':'b','sessionID':1,'turn':{'urls':[]}} | username is missing",
        "'signalType':0 | {} | unknown signalType 0",
        "'signalType':5 | {} | unknown signalType 5"
      },
      quoteCharacter = '"')
  void aServersAnswerThatIsWrongIsKnownByItsType(String head, String body, String reason)
      throws Exception {
    String json = "{\"head\":{%s},\"body\":%s}".formatted(head, body).replace('\'', '"');

    assertThat(fromServer(json))
        .isInstanceOfSatisfying(
            Unreadable.class, unreadable -> assertThat(unreadable.description()).isEqualTo(reason));
  }

  @Test
  void anAddressIsAnIpv6LiteralToo() throws Exception {
    LoginResponse response =
        new LoginResponse(
            Head.EMPTY, address("2001:db8::1", 3376), "[2001:db8::1]:3478", "a", Optional.empty());
    assertThat(jsonOf(response)).contains("\"ssIP\":\"2001:db8::1\"");
    assertThat(fromServer(jsonOf(response))).isEqualTo(response);
  }

  @Test
  void everyByteIsWaitedFor() throws Exception {
    ByteBuf whole = Frames.of(new StartSession(Head.numbered(TOKEN, 1), "liuyang", "ädöbö"));
    for (int length = 0; length < whole.readableBytes(); length++) {
      ByteBuf part = whole.copy(0, length);
      assertThat(FlowCodec.decodeFromClient(part)).as("%d bytes", length).isNull();
      assertThat(part.readerIndex()).isZero();
    }
    ByteBuf two = Unpooled.wrappedBuffer(whole.copy(), whole.copy(), whole.copy(0, 5));
    assertThat(FlowCodec.decodeFromClient(two)).isEqualTo(FlowCodec.decodeFromClient(two));
    assertThat(FlowCodec.decodeFromClient(two)).isNull();
    assertThat(two.readableBytes()).isEqualTo(5);
  }

  @Test
  void whatNeverBecomesAFrameIsRefusedAtItsFirstByte() {
    for (byte[] bytes :
        List.of(
            new byte[] {0, 0},
            new byte[] {0, 9, '['},
            new byte[] {'G', 'E', 'T'},
            new byte[] {0x16, 0x03, 0x01},
            new byte[] {(byte) 255, (byte) 255, 0})) {
      assertThatThrownBy(() -> FlowCodec.decodeFromClient(Unpooled.wrappedBuffer(bytes)))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void theLongestFrameIsRead() throws Exception {
    String json = "{\"head\":{\"signalType\":0}}";
    assertThat(fromClient(json + " ".repeat(65_535 - json.length())))
        .isEqualTo(new HeartBeat(Head.EMPTY));
  }

  @Test
  void whatDoesNotFitIntoAFrameIsNotWritten() {
    int around = jsonOf(new Failure(Head.EMPTY, 0, "")).length();
    Failure longest = new Failure(Head.EMPTY, 0, "x".repeat(65_535 - around));
    assertThat(jsonOf(longest)).hasSize(65_535);
    ByteBuf out = Unpooled.buffer();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> FlowCodec.encode(new Failure(Head.EMPTY, 0, longest.description() + "x"), out))
        .withMessage("a frame carries at most 65535 bytes, not 65536");
    assertThat(out.isReadable()).isFalse();
  }

  @Test
  void secretsAreNotShown() {
    assertThat(
            List.of(
                    new LoginRequest(HEAD, "a", "hunter2"),
                    new HeartBeat(HEAD),
                    new TurnCredentials(List.of(), "u", "hunter2", Duration.ZERO))
                .toString())
        .doesNotContain(TOKEN, "hunter2");
  }

  private static FromClient heartBeat(String seq) throws MalformedMessageException {
    return fromClient(
        "{\"head\":{\"signalType\":0,\"sessionToken\":\"%s\",%s}}".formatted(TOKEN, seq));
  }

  private static FromClient login(String account, String password)
      throws MalformedMessageException {
    return fromClient(
        "{\"head\":{\"signalType\":1},\"body\":{\"account\":\"%s\",\"password\":\"%s\"}}"
            .formatted(account, password));
  }

  private static SessionStarted session(
      Optional<TurnCredentials> turn, Optional<TurnCredentials> peerTurn) {
    return new SessionStarted(
        Head.EMPTY, "appleseedez", "liuyang", 112, Optional.of(RELAY), turn, peerTurn);
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }
}
