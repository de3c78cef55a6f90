package io.culvert.server.turn;

import static io.culvert.server.turn.TestTurnServer.ALICE;
import static io.culvert.server.turn.TestTurnServer.BOB;
import static io.culvert.server.turn.TestTurnServer.REALM;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.config.TestConfigs;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.AlternateServer;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunReader;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is sent to another server, and who is not (RFC 8489 §10 and §14.8). */
@Timeout(60)
class AlternateServerTest {
  private static final StunAttribute UDP = new RequestedTransport(17);
  private static final InetSocketAddress OTHER = new InetSocketAddress("203.0.113.7", 3478);
  private static final String SETTING = "turn.alternate-server=203.0.113.7:3478";

  @TempDir private static Path data;

  @Test
  void whoHasSaidWhoItIsIsSentOnByTheServerItself() throws Exception {
    try (TestTurnServer server = new TestTurnServer(data, SETTING);
        RealClient client = RealClient.udp(server.address(), ALICE)) {
      assertThat(client.code(StunMessage.ALLOCATE, UDP)).isEqualTo(300); // knows its nonce now
      client.send(client.signed(client.request(StunMessage.ALLOCATE, UDP)));
      ByteBuf answer = Unpooled.wrappedBuffer(client.receive());

      assertThat(StunCodec.decode(answer).first(AlternateServer.class))
          .contains(new AlternateServer(OTHER));
      assertThat(isVouchedFor(answer)).isTrue();
      assertThat(server.turn().allocations()).isZero();
    }
  }

  @Test
  void whoHasNotIsChallengedAndToldNothing() throws Exception {
    try (TestTurnServer server = new TestTurnServer(data, SETTING);
        RealClient nobody = RealClient.udp(server.address(), ALICE);
        RealClient wrong =
            RealClient.udp(server.address(), UserKeys.of("alice", REALM, "looking glass"))) {
      StunMessage request = nobody.request(StunMessage.ALLOCATE, UDP);
      for (StunMessage answer :
          new StunMessage[] {
            nobody.exchange(request, nobody.signed(request)), wrong.ask(StunMessage.ALLOCATE, UDP)
          }) {
        assertThat(answer.first(ErrorCode.class).orElseThrow().code()).isEqualTo(401);
        assertThat(answer.first(AlternateServer.class)).isEmpty();
      }
      assertThat(server.counted(TurnCounter.REDIRECTED)).isZero();
    }
  }

  @Test
  void nobodyIsSentToAnAddressOfTheOtherFamily() throws Exception {
    try (TestTurnServer server =
            new TestTurnServer(data, "turn.alternate-server=[2001:db8::7]:3478");
        RealClient client = RealClient.udp(server.address(), ALICE)) {
      client.done(StunMessage.ALLOCATE, UDP);
    }
  }

  @Test
  void whoHasAnAllocationKeepsItWhenOthersAreSentOn() throws Exception {
    try (TestTurnServer server = new TestTurnServer(data);
        RealClient alice = RealClient.udp(server.address(), ALICE);
        RealClient bob = RealClient.udp(server.address(), BOB)) {
      alice.done(StunMessage.ALLOCATE, UDP);
      server.turn().reconfigure(TestConfigs.with(SETTING).turn());

      alice.done(StunMessage.REFRESH);
      assertThat(alice.code(StunMessage.ALLOCATE, UDP)).isEqualTo(437);
      assertThat(bob.code(StunMessage.ALLOCATE, UDP)).isEqualTo(300);
    }
  }

  private static boolean isVouchedFor(ByteBuf answer) throws Exception {
    StunReader reader = new StunReader();
    reader.open(answer);
    while (reader.next()) {
      if (reader.type() == AttributeType.MESSAGE_INTEGRITY) {
        return reader.integrityIsRight(ALICE.md5());
      }
    }
    return false;
  }
}
