package io.culvert.server.turn.auth;

import io.culvert.server.turn.auth.Credentials.Failed;
import io.culvert.server.turn.auth.Credentials.Known;
import io.culvert.server.turn.auth.Credentials.Lookup;
import io.culvert.server.turn.auth.Credentials.Unknown;
import io.culvert.server.turn.auth.Credentials.Unsettled;
import io.culvert.server.turn.auth.Verdict.Accepted;
import io.culvert.server.turn.auth.Verdict.Later;
import io.culvert.server.turn.auth.Verdict.Refused;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.NonceCookie;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunReader;
import io.culvert.wire.stun.StunWriter;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Tells whom a request is from, by the long-term credentials of RFC 8489 §9.2.4, or why that cannot
 * be told. It keeps nothing of a request, and allocates nothing for one without credentials.
 *
 * <p>The nonce is looked at before the user, not after as in the RFC: with it a client has shown
 * that it receives what is sent to its address, and only for such clients anything is looked up. A
 * wrong password, a user that does not exist and a credential that has expired are the same refusal
 * after the same work. A credential that has expired makes no new allocation, but keeps those it
 * has.
 *
 * <p>Belongs to one thread.
 */
public final class Authenticator {
  private static final byte[] COOKIE = cookie(new NonceCookie(true, false));
  private static final byte[] COOKIE_WITH_HASHES = cookie(new NonceCookie(true, true));

  /** Of nobody: a message is held against it that says to be from somebody who does not exist. */
  private static final Known NOBODY =
      new Known("", List.of(StunKey.of(new byte[16])), Optional.empty());

  private final Credentials credentials;
  private final Nonces nonces;
  private final InstantSource clock;
  private final byte[] realm;
  private final Claims claims;
  private final StunReader reader = new StunReader();

  /**
   * One for a thread.
   *
   * @param nonceKey the same for all threads, see {@link #newNonceKey}
   * @param nonceLife after which a client has to take another nonce; at most a day
   * @param clock that credentials expire by
   */
  public Authenticator(
      Credentials credentials, SecretKey nonceKey, Duration nonceLife, InstantSource clock) {
    this.credentials = credentials;
    this.nonces = new Nonces(nonceKey, nonceLife);
    this.clock = clock;
    this.realm = credentials.realm().getBytes(StandardCharsets.UTF_8);
    this.claims = new Claims(realm);
  }

  /** A key that all authenticators of a server share. */
  public static SecretKey newNonceKey() {
    return Nonces.newKey();
  }

  /**
   * Judges a request.
   *
   * @param request whose readable bytes are one message; its indices stay
   * @param high the client's address and port, as an Endpoint has them
   * @param now in nanoseconds, on a clock that all authenticators share
   * @throws MalformedMessageException when it is no message
   */
  public Verdict judge(ByteBuf request, long high, long low, int port, long now)
      throws MalformedMessageException {
    reader.open(request);
    claims.read(reader);
    if (!claims.vouched()) {
      return Refused.UNAUTHENTICATED;
    }
    if (!claims.complete()) {
      return Refused.BAD_REQUEST;
    }
    if (!nonces.isFresh(
        request, claims.nonceAt(), claims.nonceLength(), cookie(), high, low, port, now)) {
      return Refused.STALE_NONCE;
    }
    PasswordAlgorithm algorithm = claims.algorithm();
    if (algorithm == null) {
      return Refused.BAD_REQUEST;
    }
    if (!claims.realmIsOurs()) {
      return Refused.UNAUTHENTICATED;
    }
    Lookup lookup = find(request, algorithm);
    return switch (lookup) {
      case null -> Refused.BAD_REQUEST;
      case Unsettled(var settled) -> new Later(settled);
      case Failed() -> Refused.SERVER_ERROR;
      case Unknown() -> {
        verify(request, NOBODY);
        yield Refused.UNAUTHENTICATED;
      }
      case Known known -> verify(request, known);
    };
  }

  /**
   * Appends what a client needs to know to ask again: REALM, NONCE and PASSWORD-ALGORITHMS.
   *
   * @param answer that has been begun in this buffer
   */
  public void challenge(StunWriter answer, ByteBuf out, long high, long low, int port, long now) {
    answer.bytes(AttributeType.REALM, realm);
    int at = answer.open(AttributeType.NONCE);
    nonces.write(out, cookie(), high, low, port, now);
    answer.close(at);
    answer.bytes(AttributeType.PASSWORD_ALGORITHMS, Claims.ALGORITHMS);
  }

  /** Who the request says it is from; null when that is no name and no hash. */
  private @Nullable Lookup find(ByteBuf request, PasswordAlgorithm algorithm)
      throws MalformedMessageException {
    goTo(request, claims.hasUsername() ? AttributeType.USERNAME : AttributeType.USERHASH);
    if (!claims.hasUsername()) {
      return reader.valueLength() == UserHash.BYTES
          ? credentials.find(new UserHash(reader.value()), algorithm)
          : null;
    }
    String username;
    try {
      username = reader.text();
    } catch (MalformedMessageException e) {
      return null; // the message is sound, only its text is not
    }
    return credentials.find(username, algorithm);
  }

  private Verdict verify(ByteBuf request, Known known) throws MalformedMessageException {
    goTo(request, claims.integrity());
    StunKey right = null;
    for (StunKey key : known.keys()) {
      if (reader.integrityIsRight(key)) {
        right = key;
        break;
      }
    }
    if (right == null || (isAllocation() && isOver(known))) {
      return Refused.UNAUTHENTICATED;
    }
    boolean sha256 = claims.integrity() == AttributeType.MESSAGE_INTEGRITY_SHA256;
    return new Accepted(known.user(), right, sha256);
  }

  private boolean isAllocation() {
    return reader.method() == StunMessage.ALLOCATE;
  }

  private boolean isOver(Known known) {
    return known.timeLimit().isPresent() && known.timeLimit().get().isOver(clock.instant());
  }

  /** Stands at the first attribute of a type that is known to be there. */
  private void goTo(ByteBuf request, int type) throws MalformedMessageException {
    reader.open(request);
    do {
      if (!reader.next()) {
        throw new AssertionError("an attribute was there a moment ago");
      }
    } while (reader.type() != type);
  }

  private byte[] cookie() {
    return credentials.knowsHashes() ? COOKIE_WITH_HASHES : COOKIE;
  }

  private static byte[] cookie(NonceCookie cookie) {
    return cookie.text().getBytes(StandardCharsets.US_ASCII);
  }
}
