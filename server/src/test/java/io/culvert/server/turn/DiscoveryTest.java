package io.culvert.server.turn;

import static io.culvert.server.turn.TurnOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.turn.PaperPort.Sent;
import io.culvert.wire.stun.DiscoveryAttribute.ChangeRequest;
import io.culvert.wire.stun.DiscoveryAttribute.OtherAddress;
import io.culvert.wire.stun.DiscoveryAttribute.Padding;
import io.culvert.wire.stun.DiscoveryAttribute.ResponseOrigin;
import io.culvert.wire.stun.DiscoveryAttribute.ResponsePort;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.UnknownAttributes;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 5780. */
class DiscoveryTest {
  private static final Endpoint CLIENT = at("203.0.113.7", 6000);
  private static final Endpoint OTHER = at("192.0.2.2", 3479);

  private final TurnOnPaper server = new TurnOnPaper();
  private final Discovery discovery = new Discovery();
  private final List<PaperPort> ports = new ArrayList<>();
  private final PaperPort first = open("192.0.2.1", 3478);
  private final PaperPort otherPort = open("192.0.2.1", 3479);
  private final PaperPort otherAddress = open("192.0.2.2", 3478);
  private final PaperPort other = open("192.0.2.2", 3479);

  private PaperPort open(String ip, int number) {
    return open(discovery, ip, number);
  }

  private PaperPort open(Discovery among, String ip, int number) {
    DatagramListener listener = new DatagramListener(server.turn, Runnable::run, 1);
    PaperPort port = new PaperPort(at(ip, number), listener, () -> {});
    listener.opened(port);
    among.add(listener);
    ports.add(port);
    return port;
  }

  @AfterEach
  void nothingIsLeft() {
    server.close();
  }

  private void ask(StunAttribute... attributes) {
    ByteBuf bytes = Unpooled.buffer();
    StunCodec.encode(StunMessage.bindingRequest(PaperClient.newTransaction(), attributes), bytes);
    first.comes(CLIENT, ByteBufUtil.getBytes(bytes));
  }

  /** The only answer, which has come from there. */
  private Sent answer(PaperPort from) {
    List<Sent> all = from.sent();
    assertThat(all).hasSize(1);
    assertThat(ports).allSatisfy(port -> assertThat(port.sent()).isEmpty());
    return all.getFirst();
  }

  private static StunMessage message(Sent sent) throws Exception {
    return StunCodec.decode(Unpooled.wrappedBuffer(sent.data()));
  }

  @Test
  void anAnswerSaysWhereItComesFromAndWhatElseThereIs() throws Exception {
    ask();
    Sent sent = answer(first);
    assertThat(sent.to()).isEqualTo(CLIENT);
    assertThat(message(sent).attributes())
        .containsExactly(
            new XorMappedAddress(CLIENT.toSocketAddress()),
            new ResponseOrigin(at("192.0.2.1", 3478).toSocketAddress()),
            new OtherAddress(OTHER.toSocketAddress()));
  }

  /** Case 60. */
  @Test
  void whatElseThereIsMakesAnAnswerLonger() {
    first.comes(CLIENT, StunBytes.REQUEST);
    assertThat(answer(first).data()).hasSize(56);

    Discovery overIpv6 = new Discovery();
    PaperPort firstOfIpv6 = open(overIpv6, "2001:db8::1", 3478);
    open(overIpv6, "2001:db8::2", 3479);
    firstOfIpv6.comes(at("2001:db8::7", 6000), StunBytes.REQUEST);
    assertThat(answer(firstOfIpv6).data()).hasSize(92);
  }

  @Test
  void anAnswerComesFromWhereItIsAskedTo() throws Exception {
    ask(new ChangeRequest(false, true));
    assertThat(message(answer(otherPort)).first(ResponseOrigin.class))
        .contains(new ResponseOrigin(at("192.0.2.1", 3479).toSocketAddress()));
    ask(new ChangeRequest(true, false));
    answer(otherAddress);
    ask(new ChangeRequest(true, true));
    answer(other);
    ask(new ChangeRequest(false, false));
    answer(first);
  }

  @Test
  void anAnswerGoesToThePortThatIsAskedFor() {
    ask(new ResponsePort(7000));
    assertThat(answer(first).to()).isEqualTo(at("203.0.113.7", 7000));
  }

  @Test
  void anAnswerIsPaddedAsMuchAsItsRequest() throws Exception {
    ask(new Padding(1000));
    assertThat(message(answer(first)).first(Padding.class)).contains(new Padding(1000));
    ask(new Padding(60_000));
    assertThat(message(answer(first)).first(Padding.class)).contains(new Padding(1500));
    ask(new Padding(1000), new ResponsePort(7000));
    assertThat(PaperClient.code(message(answer(first)))).isEqualTo(400);
  }

  @Test
  void whatNobodyKnowsIsStillRefused() throws Exception {
    ask(new StunAttribute.Unknown(0x7001, new byte[4]), new ChangeRequest(false, true));
    StunMessage refusal = message(answer(first));
    assertThat(PaperClient.code(refusal)).isEqualTo(420);
    assertThat(refusal.first(UnknownAttributes.class))
        .as("without what this server knows")
        .contains(new UnknownAttributes(List.of(0x7001)));
  }

  @Test
  void onlyTwoBitsOfAChangeRequestMeanSomething() throws Exception {
    first.comes(CLIENT, StunBytes.request("0003 0004 ffffffff"));
    assertThat(message(answer(other)).first(XorMappedAddress.class)).isPresent();
  }

  @Test
  void whatIsRepeatedHidesNothing() throws Exception {
    first.comes(CLIENT, StunBytes.request("0003 0004 00000000".repeat(16) + "7001 0004 00000000"));
    assertThat(PaperClient.code(message(answer(first)))).isEqualTo(420);
  }
}
