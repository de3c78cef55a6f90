package io.culvert.client.turn;

import static io.culvert.client.turn.TurnOnPaper.REALM;
import static io.culvert.client.turn.TurnOnPaper.RELAYED;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.AdditionalAddressFamily;
import io.culvert.wire.stun.TurnAttribute.AddressErrorCode;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** RFC 8656 §7.2: an allocation of both families, as far as the server has them. */
class TwoFamiliesTest {
  private static final StunAttribute BOTH = new AdditionalAddressFamily(AddressFamily.IPV6);
  private static final InetSocketAddress RELAYED_IPV6 =
      new InetSocketAddress("2001:db8::7", 50_001);
  private static final InetAddress IPV4 = InetAddress.ofLiteral("198.51.100.9");
  private static final InetAddress IPV6 = InetAddress.ofLiteral("2001:db8::9");

  private final TurnOnPaper turn = new TurnOnPaper(Carrier.DATAGRAMS, Families.BOTH);

  @Test
  void peersOfBothAreReachedWhereTheServerHasBoth() {
    answered(new XorRelayedAddress(RELAYED), new XorRelayedAddress(RELAYED_IPV6));
    assertThat(turn.events()).containsExactly("allocated " + RELAYED + " " + RELAYED_IPV6);

    turn.withPermission(IPV4).withPermission(IPV6);
    assertThat(turn.allocation().reaches(new InetSocketAddress(IPV4, 1))).isTrue();
    assertThat(turn.allocation().reaches(new InetSocketAddress(IPV6, 1))).isTrue();
  }

  @Test
  void noPermissionIsAskedForWhereThereIsNoAddressOfThatFamily() {
    answered(
        new XorRelayedAddress(RELAYED),
        new AddressErrorCode(
            AddressFamily.IPV6, ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED, "Not here"));
    assertThat(turn.events()).containsExactly("allocated " + RELAYED);
    int sent = turn.sent().size();

    turn.allocation().permit(IPV6, turn.now());
    assertThat(turn.sent()).hasSize(sent);
    turn.allocation().permit(IPV4, turn.now());
    assertThat(turn.last().method()).isEqualTo(StunMessage.CREATE_PERMISSION);
  }

  @Test
  void aServerThatHasOnlyIpv6IsAllRight() {
    answered(new XorRelayedAddress(RELAYED_IPV6));
    assertThat(turn.events()).containsExactly("allocated " + RELAYED_IPV6);
  }

  @Test
  void oneThatRefusesWhoWantsBothIsAskedForIpv4AtOnce() {
    turn.begin();
    turn.fail(turn.last(), ErrorCode.UNAUTHENTICATED, REALM, new Nonce("n1"));
    assertThat(turn.last().attributes()).contains(BOTH);

    turn.refuse(turn.last(), ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED);

    assertThat(turn.last().attributes())
        .contains(new RequestedTransport(RequestedTransport.UDP))
        .doesNotContain(BOTH);
    turn.succeed(turn.last(), new XorRelayedAddress(RELAYED));
    assertThat(turn.events()).containsExactly("allocated " + RELAYED);
  }

  @Test
  void aSecondAddressOfOneFamilyIsNotOurs() {
    answered(
        new XorRelayedAddress(RELAYED),
        new XorRelayedAddress(new InetSocketAddress("198.51.100.7", 50_002)));
    assertThat(turn.events()).containsExactly("allocated " + RELAYED);
  }

  private void answered(StunAttribute... attributes) {
    turn.begin();
    turn.fail(turn.last(), ErrorCode.UNAUTHENTICATED, REALM, new Nonce("n1"));
    turn.succeed(turn.last(), attributes);
  }
}
