package io.culvert.server.turn.auth;

import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunWriter;
import java.util.concurrent.CompletableFuture;

/** What is to become of a request. */
public sealed interface Verdict {
  /**
   * It is from this user.
   *
   * @param user who allocations are counted for
   * @param key that the answer is to be made with
   * @param sha256 whether with MESSAGE-INTEGRITY-SHA256, as the request, else MESSAGE-INTEGRITY
   */
  record Accepted(String user, StunKey key, boolean sha256) implements Verdict {
    /** Vouches for the answer. */
    public StunWriter sign(StunWriter answer) {
      return sha256 ? answer.messageIntegritySha256(key) : answer.messageIntegrity(key);
    }
  }

  /**
   * It cannot be told yet. The same request may be judged again when the future has completed, on
   * any thread; a datagram may also be forgotten, for its sender repeats it. When the future fails
   * the request is a {@link Refused#SERVER_ERROR}: judged again, the same would be tried again.
   */
  record Later(CompletableFuture<?> settled) implements Verdict {}

  /** It is refused, by an answer without integrity. */
  enum Refused implements Verdict {
    /** Who is it? To be answered with a challenge. */
    UNAUTHENTICATED(ErrorCode.UNAUTHENTICATED, true),
    /** Its nonce is too old, or not of this client. To be answered with a challenge. */
    STALE_NONCE(ErrorCode.STALE_NONCE, true),
    /** It contradicts itself, or lacks something. */
    BAD_REQUEST(ErrorCode.BAD_REQUEST, false),
    /** Whose it is cannot be found out. */
    SERVER_ERROR(ErrorCode.SERVER_ERROR, false);

    private final int code;
    private final boolean challenge;

    Refused(int code, boolean challenge) {
      this.code = code;
      this.challenge = challenge;
    }

    /** For ERROR-CODE. */
    public int code() {
      return code;
    }

    /** Whether the answer has REALM and NONCE. */
    public boolean challenges() {
      return challenge;
    }
  }
}
