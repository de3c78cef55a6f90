package io.culvert.client.quic;

import static io.culvert.client.quic.TwoPeers.ALICE;
import static io.culvert.client.quic.TwoPeers.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.quic.Ending.Cause;
import io.culvert.client.tls.Fingerprint;
import io.culvert.wire.transport.Transport;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeerTrustTest {
  private static final Fingerprint CAROL = Identity.fresh().fingerprint();

  @Test
  void aCalleeWithAnotherIdentityIsRefusedAndBothKnowWhy() throws Exception {
    try (TwoPeers peers = told(ALICE.fingerprint(), CAROL)) {
      peers.meet();
      refused(peers.alice(), peers.bob(), "bob", BOB.fingerprint());
      assertThatThrownBy(() -> peers.alice().openStream())
          .isInstanceOfSatisfying(
              CulvertException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.PEER_NOT_TRUSTED));
      assertThat(peers.bob().connected()).isCompletedExceptionally();
    }
  }

  @Test
  void aCallerWithAnotherIdentityIsRefusedAndBothKnowWhy() throws Exception {
    try (TwoPeers peers = told(CAROL, BOB.fingerprint())) {
      peers.meet();
      refused(peers.bob(), peers.alice(), "alice", ALICE.fingerprint());
    }
  }

  private static void refused(
      QuicConnection here, QuicConnection there, String peer, Fingerprint shown) throws Exception {
    assertThat(here.ended().get(20, TimeUnit.SECONDS))
        .isEqualTo(
            new Ending(
                Cause.NOT_TRUSTED,
                0,
                "Whoever answers for %s has another identity than the server has told: %s instead of %s. Somebody is in between: do not go on."
                    .formatted(peer, shown.attribute(), CAROL.attribute())));
    assertThat(here.connected()).isCompletedExceptionally();
    Ending ending = there.ended().get(20, TimeUnit.SECONDS);
    assertThat(ending.cause()).isEqualTo(Cause.NOT_TRUSTED_BY_PEER);
    assertThat(ending.sentence())
        .isEqualTo(
            "%s has got another identity from us than the server has told there. Somebody is in between, or this machine's identity has just changed."
                .formatted(there.peer()));
  }

  private static TwoPeers told(Fingerprint aliceToldToBob, Fingerprint bobToldToAlice)
      throws Exception {
    return new TwoPeers(
        Transport.best(), aliceToldToBob, bobToldToAlice, QuicSetup.IDLE, QuicSetup.KEEP_ALIVE);
  }
}
