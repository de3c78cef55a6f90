package io.culvert.server.turn.auth;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunReader;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of its sender, without an object for any of it; of attributes that come twice
 * the first counts. Not thread-safe.
 */
final class Claims {
  /** The value of PASSWORD-ALGORITHMS: numbers, each with the length of its parameters, 0. */
  static final byte[] ALGORITHMS = {
    0,
    (byte) PasswordAlgorithm.SHA_256.number(),
    0,
    0,
    0,
    (byte) PasswordAlgorithm.MD5.number(),
    0,
    0
  };

  private static final int ALGORITHM_BYTES = 4;
  private static final int ABSENT = -1;

  private final byte[] ourRealm;
  private boolean username;
  private boolean userHash;
  private boolean realm;
  private boolean realmIsOurs;
  private boolean sha1;
  private boolean sha256;
  private int nonceAt;
  private int nonceLength;
  private boolean algorithms;
  private boolean algorithmsAreOurs;

  /**
   * The number of PASSWORD-ALGORITHM, or that there is none; 0, which is none of ours, if wrong.
   */
  private int algorithm;

  Claims(byte[] ourRealm) {
    this.ourRealm = ourRealm;
  }

  /**
   * Goes through a request that has just been opened.
   *
   * @throws MalformedMessageException when an attribute does not fit into it
   */
  void read(StunReader request) throws MalformedMessageException {
    username = userHash = realm = realmIsOurs = sha1 = sha256 = false;
    algorithms = algorithmsAreOurs = false;
    nonceAt = algorithm = ABSENT;
    while (request.next()) {
      switch (request.type()) {
        case AttributeType.USERNAME -> username = true;
        case AttributeType.USERHASH -> userHash = true;
        case AttributeType.MESSAGE_INTEGRITY -> sha1 = true;
        case AttributeType.MESSAGE_INTEGRITY_SHA256 -> sha256 = true;
        case AttributeType.REALM -> readRealm(request);
        case AttributeType.NONCE -> readNonce(request);
        case AttributeType.PASSWORD_ALGORITHM -> readAlgorithm(request);
        case AttributeType.PASSWORD_ALGORITHMS -> readAlgorithms(request);
        default -> {} // whether it is one that must be known is not about who somebody is
      }
    }
  }

  private void readRealm(StunReader request) {
    if (!realm) {
      realm = true;
      realmIsOurs = request.valueIs(ourRealm);
    }
  }

  private void readNonce(StunReader request) {
    if (nonceAt == ABSENT) {
      nonceAt = request.valueAt();
      nonceLength = request.valueLength();
    }
  }

  private void readAlgorithm(StunReader request) {
    if (algorithm == ABSENT) {
      boolean known =
          request.valueLength() == ALGORITHM_BYTES
              && request.buffer().getUnsignedShort(request.valueAt() + Short.BYTES) == 0;
      algorithm = known ? request.buffer().getUnsignedShort(request.valueAt()) : 0;
    }
  }

  private void readAlgorithms(StunReader request) {
    if (!algorithms) {
      algorithms = true;
      algorithmsAreOurs = request.valueIs(ALGORITHMS);
    }
  }

  /** Whether it has an integrity. */
  boolean vouched() {
    return sha1 || sha256;
  }

  /** Whether it has all that belongs to an integrity. */
  boolean complete() {
    return (username || userHash) && realm && nonceAt != ABSENT;
  }

  boolean hasUsername() {
    return username;
  }

  boolean realmIsOurs() {
    return realmIsOurs;
  }

  int nonceAt() {
    return nonceAt;
  }

  int nonceLength() {
    return nonceLength;
  }

  /** The better one of the integrities that it has. */
  int integrity() {
    return sha256 ? AttributeType.MESSAGE_INTEGRITY_SHA256 : AttributeType.MESSAGE_INTEGRITY;
  }

  /**
   * How the password has become a key (RFC 8489 §9.2.4): by MD5 if the request does not say; null
   * if it says so without repeating our offer, which somebody may then have changed on the way.
   */
  @Nullable PasswordAlgorithm algorithm() {
    if (!algorithms && algorithm == ABSENT) {
      return PasswordAlgorithm.MD5;
    }
    return algorithmsAreOurs ? PasswordAlgorithm.of(algorithm) : null;
  }
}
