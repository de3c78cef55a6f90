package io.culvert.traversal.ice;

import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checks that have not been answered yet, as far as they are remembered. Not thread-safe. */
final class Transactions {
  /** More than are under way in the time of an answer. */
  private static final int MOST = 1024;

  /** A check as it was sent. */
  record Transaction(Pair pair, Instant sent, Role role, boolean nominates) {}

  private final Map<TransactionId, Transaction> underWay = new LinkedHashMap<>();

  void add(TransactionId id, Transaction transaction) {
    underWay.put(id, transaction);
    if (underWay.size() > MOST) {
      underWay.remove(underWay.keySet().iterator().next());
    }
  }

  /**
   * What that answers. RFC 8445 §7.2.5.2.1: an answer comes from where the question went, or the
   * way is one-way.
   */
  @Nullable Transaction find(StunMessage answer, CandidatePair way) {
    Transaction known = underWay.get(answer.transactionId());
    return known != null && known.pair().addresses().equals(way) ? known : null;
  }

  /** It has been answered. */
  void end(StunMessage answer) {
    underWay.remove(answer.transactionId());
  }

  /** None counts any more. */
  void clear() {
    underWay.clear();
  }
}
