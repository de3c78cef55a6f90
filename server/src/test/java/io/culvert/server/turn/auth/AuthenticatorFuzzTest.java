package io.culvert.server.turn.auth;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.server.turn.auth.Verdict.Accepted;
import io.culvert.server.turn.auth.Verdict.Later;
import io.culvert.server.turn.auth.Verdict.Refused;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Whatever a request says, nobody gets in who has no password. */
class AuthenticatorFuzzTest {
  private static final String REALM = "culvert";
  private static final UserKeys ALICE = UserKeys.of("alice", REALM, "wonderland");

  /** Everybody is alice. */
  private static final class Everybody implements TurnUsers {
    @Override
    public CompletableFuture<Optional<UserKeys>> find(String name) {
      return CompletableFuture.completedFuture(Optional.of(ALICE));
    }

    @Override
    public CompletableFuture<Optional<UserKeys>> find(UserHash hash) {
      return CompletableFuture.completedFuture(Optional.of(ALICE));
    }
  }

  @FuzzTest(maxDuration = "1m")
  void bytes(byte[] bytes) {
    Credentials credentials = new Credentials(REALM, new Everybody());
    judge(authenticator(credentials), Unpooled.wrappedBuffer(bytes));
  }

  /** Attributes of any kind and length, but for the nonce, which is right. */
  @FuzzTest(maxDuration = "1m")
  void attributes(FuzzedDataProvider data) {
    Credentials credentials = new Credentials(REALM, new Everybody());
    if (data.consumeBoolean()) {
      credentials.secrets(List.of("secret", "older"));
    }
    Authenticator authenticator = authenticator(credentials);
    StunWriter writer = new StunWriter();
    ByteBuf request = Unpooled.buffer();
    writer.begin(request, StunClass.REQUEST, StunMessage.ALLOCATE, 1, 2);
    authenticator.challenge(writer, request, 0, 1, 2, 3);
    for (int i = 0; i < 8 && data.remainingBytes() > 0; i++) {
      int type =
          data.pickValue(
              new int[] {
                AttributeType.USERNAME,
                AttributeType.USERHASH,
                AttributeType.PASSWORD_ALGORITHM,
                AttributeType.MESSAGE_INTEGRITY,
                AttributeType.MESSAGE_INTEGRITY_SHA256,
                AttributeType.FINGERPRINT,
                0x7fff
              });
      writer.bytes(type, data.consumeBytes(600));
    }
    judge(authenticator, request);
  }

  private static Authenticator authenticator(Credentials credentials) {
    return new Authenticator(
        credentials, Authenticator.newNonceKey(), Duration.ofMinutes(10), () -> Instant.EPOCH);
  }

  private static void judge(Authenticator authenticator, ByteBuf request) {
    try {
      switch (authenticator.judge(request, 0, 1, 2, 3)) {
        case Refused _ -> {}
        case Accepted accepted -> throw new AssertionError(accepted);
        case Later later -> throw new AssertionError(later);
      }
    } catch (MalformedMessageException expected) {
      // The one error that is declared.
    }
  }
}
