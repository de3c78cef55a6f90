package io.culvert.server.turn.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.server.turn.auth.Verdict.Accepted;
import io.culvert.server.turn.auth.Verdict.Later;
import io.culvert.server.turn.auth.Verdict.Refused;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.NonceCookie;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunReader;
import io.culvert.wire.stun.StunWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers in the names are those of the list of attacks that a relay must survive. */
class AuthenticatorTest {
  private static final String REALM = "culvert";
  private static final long HIGH = 0;
  private static final long LOW = 0xffff_0a00_0001L;
  private static final int PORT = 40_000;
  private static final long NOW = 12_345_678_901L;
  private static final Instant WALL = Instant.parse("2026-01-01T00:00:00Z");
  private static final UserKeys ALICE = UserKeys.of("alice", REALM, "wonderland");
  private static final UserKeys WRONG = UserKeys.of("alice", REALM, "underland");
  private static final byte[] MD5 = {0, 1, 0, 0};
  private static final byte[] SHA_256 = {0, 2, 0, 0};

  private final Map<Object, CompletableFuture<Optional<UserKeys>>> users = new HashMap<>();
  private final Credentials credentials = new Credentials(REALM, new Accounts());
  private Instant wall = WALL;
  private final Authenticator authenticator =
      new Authenticator(
          credentials, Authenticator.newNonceKey(), Duration.ofMinutes(10), () -> wall);
  private final StunWriter writer = new StunWriter();
  private int lookups;

  AuthenticatorTest() {
    CompletableFuture<Optional<UserKeys>> alice = found(ALICE);
    users.put("alice", alice);
    users.put(UserHash.of("alice", REALM), alice);
  }

  private final class Accounts implements TurnUsers {
    @Override
    public CompletableFuture<Optional<UserKeys>> find(String name) {
      lookups++;
      return users.getOrDefault(name, CompletableFuture.completedFuture(Optional.empty()));
    }

    @Override
    public CompletableFuture<Optional<UserKeys>> find(UserHash hash) {
      lookups++;
      return users.getOrDefault(hash, CompletableFuture.completedFuture(Optional.empty()));
    }
  }

  @Test
  void case25_aRequestWithoutIntegrityIsChallenged() throws Exception {
    assertThat(judge(request(_ -> {}))).isEqualTo(Refused.UNAUTHENTICATED);
    assertThat(judge(request(this::name))).isEqualTo(Refused.UNAUTHENTICATED);
    StunMessage challenge = StunCodec.decode(answer(request(_ -> {}), NOW));
    assertThat(challenge.attributes()).hasSize(4);
    assertThat(Refused.UNAUTHENTICATED.code()).isEqualTo(401);
    assertThat(Refused.UNAUTHENTICATED.challenges()).isTrue();
  }

  @Test
  void case60_aChallengeIsAtMostThreeTimesTheShortestAllocate() {
    ByteBuf request = request(_ -> {});
    assertThat(request.readableBytes()).isEqualTo(28);
    assertThat(answer(request, NOW).readableBytes()).isLessThanOrEqualTo(3 * 28);
  }

  @Test
  void case59_thereAreNoBytesOfOthersInTheChallenge() {
    ByteBuf dirty = Unpooled.buffer(256);
    ByteBuf clean = answer(request(_ -> {}), NOW);
    dirty.setBytes(0, "x".repeat(256).getBytes(StandardCharsets.US_ASCII));
    assertThat(answerInto(dirty, request(_ -> {}), NOW)).isEqualTo(clean);
  }

  @Test
  void theRightPasswordIsAccepted() throws Exception {
    Verdict verdict = judge(signed(ALICE));
    assertThat(verdict).isEqualTo(new Accepted("alice", ALICE.md5(), false));
    assertThat(lookups).isEqualTo(1);
  }

  @Test
  void theIndicesOfTheRequestStay() throws Exception {
    ByteBuf request = signed(ALICE);
    ByteBuf before = request.copy();
    judge(request);
    assertThat(request).isEqualTo(before);
  }

  @Test
  void aRequestInTheMidstOfABufferIsJudged() throws Exception {
    ByteBuf request = signed(ALICE);
    ByteBuf buffer = Unpooled.buffer().writeLong(-1).writeBytes(request.duplicate()).writeLong(-1);
    assertThat(judge(buffer.setIndex(8, 8 + request.readableBytes()))).isInstanceOf(Accepted.class);
  }

  @Test
  void case26_aWrongPasswordAnUnknownUserAndAnExpiredOneAreTheSame() throws Exception {
    credentials.secrets(List.of("secret"));
    String expired = "%d:bob".formatted(WALL.getEpochSecond() - 1);
    List<ByteBuf> requests =
        List.of(
            signed(WRONG),
            signed(UserKeys.of("mallory", REALM, "wonderland")),
            signed(UserKeys.of(expired, REALM, TimeLimited.password("secret", expired))),
            signed(UserKeys.of(expired, REALM, "wrong")));
    List<ByteBuf> answers = requests.stream().map(request -> answer(request, NOW)).toList();
    for (ByteBuf request : requests) {
      assertThat(judge(request)).isEqualTo(Refused.UNAUTHENTICATED);
    }
    assertThat(answers).allMatch(answers.getFirst()::equals);
  }

  @Test
  void aMessageMadeWithTheKeyOfNobodyIsFromNobody() throws Exception {
    var nobody = new UserKeys("mallory", StunKey.of(new byte[16]), StunKey.of(new byte[16]));
    assertThat(judge(signed(nobody))).isEqualTo(Refused.UNAUTHENTICATED);
  }

  @Test
  void case27_aStaleNonceIsRefusedAndANewOneAccepted() throws Exception {
    ByteBuf request = signed(ALICE);
    assertThat(judge(request, NOW + TimeUnit.SECONDS.toNanos(602))).isEqualTo(Refused.STALE_NONCE);
    assertThat(Refused.STALE_NONCE.code()).isEqualTo(438);
    assertThat(Refused.STALE_NONCE.challenges()).isTrue();
    long later = NOW + TimeUnit.SECONDS.toNanos(602);
    assertThat(judge(signed(ALICE, nonce(later)), later)).isInstanceOf(Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "f//499k954d6OL34oL9FSTvy64sA", "obMatJos2gAAAAAAAAAAAAAAAAAA"})
  void case28_aForgedNonceIsRefusedBeforeAnybodyIsLookedUp(String nonce) throws Exception {
    assertThat(judge(signed(ALICE, nonce))).isEqualTo(Refused.STALE_NONCE);
    assertThat(judge(signed(ALICE, "n".repeat(129)))).isEqualTo(Refused.STALE_NONCE);
    assertThat(judge(signed(ALICE, nonce(NOW).substring(1)))).isEqualTo(Refused.STALE_NONCE);
    assertThat(lookups).isZero();
  }

  @Test
  void case29_aRequestFromElsewhereIsRefused() throws Exception {
    ByteBuf request = signed(ALICE);
    assertThat(authenticator.judge(request, HIGH, LOW, PORT + 1, NOW))
        .isEqualTo(Refused.STALE_NONCE);
    assertThat(authenticator.judge(request, HIGH, LOW + 1, PORT, NOW))
        .isEqualTo(Refused.STALE_NONCE);
    assertThat(lookups).isZero();
  }

  @Test
  void case31_whatComesBehindTheIntegrityDoesNotCount() throws Exception {
    ByteBuf unsigned =
        request(out -> {
          writer.messageIntegrity(ALICE.md5());
          name(out);
        });
    assertThat(judge(unsigned)).isEqualTo(Refused.BAD_REQUEST);
    ByteBuf withMore =
        request(out -> {
          name(out);
          writer.messageIntegrity(ALICE.md5());
          writer.text(AttributeType.USERNAME, "mallory");
          writer.empty(0x7fff);
        });
    assertThat(judge(withMore)).isInstanceOf(Accepted.class);
  }

  @Test
  void case32_theStrongerIntegrityDecides() throws Exception {
    assertThat(judge(signedTwice(ALICE, ALICE)))
        .isEqualTo(new Accepted("alice", ALICE.md5(), true));
    assertThat(judge(signedTwice(WRONG, ALICE))).isInstanceOf(Accepted.class);
    assertThat(judge(signedTwice(ALICE, WRONG))).isEqualTo(Refused.UNAUTHENTICATED);
  }

  @Test
  void theAlgorithmThatTheClientHasChosenIsTaken() throws Exception {
    assertThat(judge(choosing(SHA_256, Claims.ALGORITHMS, ALICE.sha256())))
        .isEqualTo(new Accepted("alice", ALICE.sha256(), true));
    assertThat(judge(choosing(MD5, Claims.ALGORITHMS, ALICE.md5())))
        .isEqualTo(new Accepted("alice", ALICE.md5(), true));
    assertThat(judge(choosing(SHA_256, Claims.ALGORITHMS, ALICE.md5())))
        .isEqualTo(Refused.UNAUTHENTICATED);
  }

  @Test
  void case32_whoDoesNotRepeatTheOfferAsItWasIsRefused() throws Exception {
    byte[] none = {};
    for (byte[] offer : List.of(MD5, SHA_256, new byte[] {0, 1, 0, 0, 0, 2, 0, 0}, none)) {
      assertThat(judge(choosing(MD5, offer, ALICE.md5()))).isEqualTo(Refused.BAD_REQUEST);
    }
    for (byte[] choice :
        List.of(new byte[] {0, 3, 0, 0}, new byte[] {0, 2, 0, 4, 0, 0, 0, 0}, new byte[2], none)) {
      assertThat(judge(choosing(choice, Claims.ALGORITHMS, ALICE.md5())))
          .isEqualTo(Refused.BAD_REQUEST);
    }
    assertThat(judge(with(AttributeType.PASSWORD_ALGORITHM, MD5))).isEqualTo(Refused.BAD_REQUEST);
    assertThat(judge(with(AttributeType.PASSWORD_ALGORITHMS, Claims.ALGORITHMS)))
        .isEqualTo(Refused.BAD_REQUEST);
    assertThat(Refused.BAD_REQUEST.code()).isEqualTo(400);
    assertThat(Refused.BAD_REQUEST.challenges()).isFalse();
  }

  @Test
  void case32_whoTakesTheOfferOutOfTheCookieIsRefused() throws Exception {
    String nonce = nonce(NOW);
    String less = new NonceCookie(false, false).text() + nonce.substring(NonceCookie.LENGTH);
    assertThat(judge(signed(ALICE, less))).isEqualTo(Refused.STALE_NONCE);
  }

  @Test
  void theOfferIsInTheCookieAndInTheChallenge() throws Exception {
    assertThat(NonceCookie.of(nonce(NOW))).contains(new NonceCookie(true, true));
    credentials.secrets(List.of("secret"));
    assertThat(NonceCookie.of(nonce(NOW))).contains(new NonceCookie(true, false));
  }

  @Test
  void case33_aUserIsFoundByHash() throws Exception {
    byte[] right = UserHash.of("alice", REALM).hash();
    assertThat(judge(hashed(right))).isEqualTo(new Accepted("alice", ALICE.md5(), false));
    byte[] wrong = right.clone();
    wrong[31] ^= 1;
    assertThat(judge(hashed(wrong))).isEqualTo(Refused.UNAUTHENTICATED);
    assertThat(judge(hashed(new byte[31]))).isEqualTo(Refused.BAD_REQUEST);
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 16, 20, 24, 28, 32, 36})
  void case35_aShortenedIntegrityOfAtLeast16BytesIsAccepted(int length) throws Exception {
    ByteBuf whole =
        request(out -> {
          name(out);
          // The length of the message counts in the integrity, so the value has to be made with it.
          int at = writer.open(AttributeType.MESSAGE_INTEGRITY_SHA256);
          out.writeZero(length);
          writer.close(at);
          byte[] all = new byte[at];
          out.getBytes(0, all);
          out.setBytes(at + 4, hmacSha256(ALICE.md5().toBytes(), all), 0, Math.min(length, 32));
        });
    assertThat(judge(whole) instanceof Accepted).isEqualTo(length >= 16 && length <= 32);
  }

  @Test
  void somethingThatBelongsToAnIntegrityIsMissing() throws Exception {
    for (int missing : List.of(AttributeType.USERNAME, AttributeType.REALM, AttributeType.NONCE)) {
      ByteBuf request =
          request(out -> {
            if (missing != AttributeType.USERNAME) {
              writer.text(AttributeType.USERNAME, "alice");
            }
            if (missing != AttributeType.REALM) {
              writer.text(AttributeType.REALM, REALM);
            }
            if (missing != AttributeType.NONCE) {
              writer.text(AttributeType.NONCE, nonce(NOW));
            }
            writer.messageIntegrity(ALICE.md5());
          });
      assertThat(judge(request)).isEqualTo(Refused.BAD_REQUEST);
    }
  }

  @Test
  void anotherRealmIsChallenged() throws Exception {
    ByteBuf request =
        request(out -> {
          writer.text(AttributeType.USERNAME, "alice");
          writer.text(AttributeType.REALM, "elsewhere");
          writer.text(AttributeType.NONCE, nonce(NOW));
          writer.messageIntegrity(ALICE.md5());
        });
    assertThat(judge(request)).isEqualTo(Refused.UNAUTHENTICATED);
  }

  @Test
  void case55_ofAnAttributeThatComesTwiceTheFirstCounts() throws Exception {
    ByteBuf request =
        request(out -> {
          name(out);
          writer.text(AttributeType.USERNAME, "mallory");
          writer.text(AttributeType.REALM, "elsewhere");
          writer.text(AttributeType.NONCE, "none");
          writer.messageIntegrity(ALICE.md5());
        });
    assertThat(judge(request)).isInstanceOf(Accepted.class);
  }

  @Test
  void case55_whatIsNotKnownDoesNotMatterForWhoSomebodyIs() throws Exception {
    Consumer<ByteBuf> unknown = _ -> writer.empty(0x7f01);
    assertThat(judge(request(unknown))).isEqualTo(Refused.UNAUTHENTICATED);
    Verdict verdict =
        judge(
            request(out -> {
              unknown.accept(out);
              name(out);
              writer.messageIntegrity(ALICE.md5());
            }));
    assertThat(verdict).isEqualTo(new Accepted("alice", ALICE.md5(), false));
  }

  @Test
  void case58_aNameThatCannotBeIsNobodys() throws Exception {
    assertThat(judge(named(new byte[] {(byte) 0xff, (byte) 0xfe}))).isEqualTo(Refused.BAD_REQUEST);
    assertThat(judge(named(new byte[514]))).isEqualTo(Refused.BAD_REQUEST);
    assertThat(judge(named(new byte[] {'a', '\r', '\n'}))).isEqualTo(Refused.UNAUTHENTICATED);
    assertThat(judge(named(new byte[0]))).isEqualTo(Refused.UNAUTHENTICATED);
    assertThat(lookups).isZero();
  }

  @Test
  void case58_aNameIsLookedUpInItsOneForm() throws Exception {
    UserKeys zoe = UserKeys.of("Zo\u00e9", REALM, "x");
    users.put("Zo\u00e9", found(zoe));
    assertThat(judge(named("Zoe\u0301".getBytes(StandardCharsets.UTF_8), zoe)))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void case36_aTimeLimitedCredentialIsAcceptedUntilItExpires() throws Exception {
    credentials.secrets(List.of("secret"));
    ByteBuf request = timeLimited(3600, "secret");
    assertThat(judge(request)).matches(v -> v instanceof Accepted a && a.user().equals("bob"));
    wall = WALL.plusSeconds(3599);
    assertThat(judge(request)).isInstanceOf(Accepted.class);
    wall = WALL.plusSeconds(3600);
    assertThat(judge(request)).isEqualTo(Refused.UNAUTHENTICATED);
    assertThat(lookups).isZero();
  }

  @Test
  void case39_whatHasExpiredBlocksAllocateOnly() throws Exception {
    credentials.secrets(List.of("secret"));
    String name = "%d:bob".formatted(WALL.getEpochSecond() - 10);
    UserKeys bob = UserKeys.of(name, REALM, TimeLimited.password("secret", name));
    for (int method = 0; method < 16; method++) {
      ByteBuf request = Unpooled.buffer();
      writer.begin(request, StunClass.REQUEST, method, 1, 2);
      sign(bob, nonce(NOW));
      assertThat(judge(request) instanceof Accepted)
          .as("method %d", method)
          .isEqualTo(method != StunMessage.ALLOCATE);
    }
  }

  @Test
  void case38_anOldAndANewSecretAreGoodTogether() throws Exception {
    credentials.secrets(List.of("new", "old"));
    assertThat(judge(timeLimited(60, "new"))).isInstanceOf(Accepted.class);
    assertThat(judge(timeLimited(60, "old"))).isInstanceOf(Accepted.class);
    assertThat(judge(timeLimited(60, "older"))).isEqualTo(Refused.UNAUTHENTICATED);
    credentials.secrets(List.of("new"));
    assertThat(judge(timeLimited(60, "old"))).isEqualTo(Refused.UNAUTHENTICATED);
    assertThat(judge(timeLimited(60, "new"))).isInstanceOf(Accepted.class);
  }

  @Test
  void withoutSecretsANameWithATimeIsJustAName() throws Exception {
    assertThat(judge(timeLimited(60, "guess"))).isEqualTo(Refused.UNAUTHENTICATED);
    assertThat(lookups).isEqualTo(1);
  }

  @Test
  void withSecretsUsersOfTheStoreAreStillAccepted() throws Exception {
    credentials.secrets(List.of("secret"));
    assertThat(judge(signed(ALICE))).isInstanceOf(Accepted.class);
    assertThat(judge(hashed(UserHash.of("alice", REALM).hash()))).isInstanceOf(Accepted.class);
  }

  @Test
  void anEmptySecretIsNone() {
    assertThatThrownBy(() -> credentials.secrets(List.of("secret", "")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whoIsNotKnownYetIsJudgedLater() throws Exception {
    CompletableFuture<Optional<UserKeys>> settled = new CompletableFuture<>();
    users.put("alice", settled);
    ByteBuf request = signed(ALICE);
    assertThat(judge(request)).isEqualTo(new Later(settled));
    settled.complete(Optional.of(ALICE));
    assertThat(judge(request)).isInstanceOf(Accepted.class);
  }

  @Test
  void whenTheUsersCannotBeLookedUpItIsNotTheClientsFault() throws Exception {
    users.put("alice", CompletableFuture.failedFuture(new IllegalStateException("no database")));
    assertThat(judge(signed(ALICE))).isEqualTo(Refused.SERVER_ERROR);
    assertThat(Refused.SERVER_ERROR.code()).isEqualTo(500);
    assertThat(Refused.SERVER_ERROR.challenges()).isFalse();
  }

  @Test
  void whatIsNoMessageIsMalformed() {
    ByteBuf request = signed(ALICE);
    for (int length = 0; length < request.readableBytes(); length++) {
      ByteBuf part = request.slice(0, length);
      assertThatThrownBy(() -> judge(part)).isInstanceOf(MalformedMessageException.class);
    }
    assertThatThrownBy(() -> judge(request(out -> out.setShort(2, 12).writeInt(0x0006_0009))))
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void noByteOfARequestCanBeChanged() throws Exception {
    ByteBuf request = signed(ALICE);
    for (int at = 0; at < request.readableBytes(); at++) {
      ByteBuf changed = request.copy();
      changed.setByte(at, changed.getByte(at) ^ 1);
      boolean accepted;
      try {
        accepted = judge(changed) instanceof Accepted;
      } catch (MalformedMessageException e) {
        accepted = false;
      }
      assertThat(accepted).as("byte %d", at).isFalse();
    }
  }

  @Test
  void anAnswerIsSignedAsTheRequestWas() throws Exception {
    for (boolean sha256 : List.of(false, true)) {
      ByteBuf out = Unpooled.buffer();
      writer.begin(out, StunClass.SUCCESS, StunMessage.ALLOCATE, 1, 2);
      new Accepted("alice", ALICE.md5(), sha256).sign(writer);
      StunReader reader = new StunReader();
      reader.open(out);
      assertThat(reader.next()).isTrue();
      assertThat(reader.type())
          .isEqualTo(
              sha256 ? AttributeType.MESSAGE_INTEGRITY_SHA256 : AttributeType.MESSAGE_INTEGRITY);
      assertThat(reader.integrityIsRight(ALICE.md5())).isTrue();
    }
  }

  private Verdict judge(ByteBuf request) throws MalformedMessageException {
    return judge(request, NOW);
  }

  private Verdict judge(ByteBuf request, long now) throws MalformedMessageException {
    return authenticator.judge(request, HIGH, LOW, PORT, now);
  }

  /** The shortest Allocate there is, and then the rest. */
  private ByteBuf request(Consumer<ByteBuf> rest) {
    ByteBuf out = Unpooled.buffer();
    writer.begin(out, StunClass.REQUEST, StunMessage.ALLOCATE, 1, 2);
    writer.unsignedByte(AttributeType.REQUESTED_TRANSPORT, 17);
    rest.accept(out);
    return out;
  }

  private void name(ByteBuf out) {
    assertThat(out.isReadable()).isTrue();
    String nonce = nonce(NOW);
    writer.text(AttributeType.USERNAME, "alice");
    writer.text(AttributeType.REALM, REALM);
    writer.text(AttributeType.NONCE, nonce);
  }

  private void sign(UserKeys user, String nonce) {
    writer.text(AttributeType.USERNAME, user.name());
    writer.text(AttributeType.REALM, REALM);
    writer.text(AttributeType.NONCE, nonce);
    writer.messageIntegrity(user.md5());
  }

  private ByteBuf signed(UserKeys user) {
    return signed(user, nonce(NOW));
  }

  private ByteBuf signed(UserKeys user, String nonce) {
    return request(_ -> sign(user, nonce));
  }

  private ByteBuf signedTwice(UserKeys weakly, UserKeys strongly) {
    return request(out -> {
      name(out);
      writer.messageIntegrity(weakly.md5());
      writer.messageIntegritySha256(strongly.md5());
    });
  }

  private ByteBuf choosing(byte[] choice, byte[] offer, StunKey key) {
    return request(out -> {
      name(out);
      writer.bytes(AttributeType.PASSWORD_ALGORITHMS, offer);
      writer.bytes(AttributeType.PASSWORD_ALGORITHM, choice);
      writer.messageIntegritySha256(key);
    });
  }

  private ByteBuf with(int type, byte[] value) {
    return request(out -> {
      name(out);
      writer.bytes(type, value);
      writer.messageIntegrity(ALICE.md5());
    });
  }

  private ByteBuf hashed(byte[] hash) {
    return request(_ -> {
      writer.bytes(AttributeType.USERHASH, hash);
      writer.text(AttributeType.REALM, REALM);
      writer.text(AttributeType.NONCE, nonce(NOW));
      writer.messageIntegrity(ALICE.md5());
    });
  }

  private ByteBuf named(byte[] name) {
    return named(name, ALICE);
  }

  private ByteBuf named(byte[] name, UserKeys keys) {
    return request(_ -> {
      writer.bytes(AttributeType.USERNAME, name);
      writer.text(AttributeType.REALM, REALM);
      writer.text(AttributeType.NONCE, nonce(NOW));
      writer.messageIntegrity(keys.md5());
    });
  }

  private ByteBuf timeLimited(int seconds, String secret) {
    String name = "%d:bob".formatted(WALL.getEpochSecond() + seconds);
    return signed(UserKeys.of(name, REALM, TimeLimited.password(secret, name)));
  }

  private ByteBuf answer(ByteBuf request, long now) {
    return answerInto(Unpooled.buffer(), request, now);
  }

  private ByteBuf answerInto(ByteBuf out, ByteBuf request, long now) {
    StunWriter answer = new StunWriter();
    StunReader reader = new StunReader();
    try {
      reader.open(request);
    } catch (MalformedMessageException e) {
      throw new AssertionError(e);
    }
    answer.beginAnswer(out, StunClass.ERROR, reader).errorCode(401, "");
    authenticator.challenge(answer, out, HIGH, LOW, PORT, now);
    return out;
  }

  private String nonce(long now) {
    ByteBuf out = Unpooled.buffer();
    StunWriter answer = new StunWriter();
    answer.begin(out, StunClass.ERROR, StunMessage.ALLOCATE, 1, 2);
    authenticator.challenge(answer, out, HIGH, LOW, PORT, now);
    try {
      return StunCodec.decode(out).first(Nonce.class).orElseThrow().value();
    } catch (MalformedMessageException e) {
      throw new AssertionError(ByteBufUtil.hexDump(out), e);
    }
  }

  /** What {@code javax.crypto} makes of a message whose length is set already. */
  private static byte[] hmacSha256(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static CompletableFuture<Optional<UserKeys>> found(UserKeys user) {
    return CompletableFuture.completedFuture(Optional.of(user));
  }
}
