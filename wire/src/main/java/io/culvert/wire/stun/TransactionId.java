package io.culvert.wire.stun;

import java.util.random.RandomGenerator;

/** The 96 bits by which an answer is known to belong to a request. */
public record TransactionId(int high, long low) {
  /**
   * A new one. Whoever can guess it can forge an answer: take a generator that is fit for secrets
   * (RFC 8489 §5).
   */
  public static TransactionId random(RandomGenerator random) {
    return new TransactionId(random.nextInt(), random.nextLong());
  }

  /** 24 hexadecimal digits. */
  @Override
  public String toString() {
    return "%08x%016x".formatted(high, low);
  }
}
