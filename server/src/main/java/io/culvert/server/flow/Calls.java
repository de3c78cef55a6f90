package io.culvert.server.flow;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/** Which accounts are in a call with which. */
final class Calls {
  /** Who begins more calls than this without an end has the oldest forgotten. */
  static final int MAX_BEGUN = 16;

  private final Map<String, SequencedSet<String>> calleesOf = new HashMap<>();
  private final Map<String, Set<String>> callersOf = new HashMap<>();

  /** One rings the other, or answers a call that has been forgotten. */
  void begin(String caller, String callee) {
    if (isBegun(caller, callee) || isBegun(callee, caller)) {
      return;
    }
    SequencedSet<String> callees =
        calleesOf.computeIfAbsent(caller, unseen -> new LinkedHashSet<>(2));
    callees.addLast(callee);
    callersOf.computeIfAbsent(callee, unseen -> new HashSet<>(2)).add(caller);
    if (callees.size() > MAX_BEGUN) {
      forget(caller, callees.getFirst());
    }
  }

  void end(String one, String other) {
    forget(one, other);
    forget(other, one);
  }

  /** Ends all calls of an account, and returns who was in one with it. */
  Set<String> endAll(String account) {
    Set<String> partners = new LinkedHashSet<>(calleesOf.getOrDefault(account, NOBODY));
    partners.addAll(callersOf.getOrDefault(account, NOBODY));
    partners.forEach(partner -> end(account, partner));
    return partners;
  }

  /** How many calls there are. */
  int count() {
    return calleesOf.values().stream().mapToInt(Set::size).sum();
  }

  private static final SequencedSet<String> NOBODY = new LinkedHashSet<>(0);

  private boolean isBegun(String caller, String callee) {
    return calleesOf.getOrDefault(caller, NOBODY).contains(callee);
  }

  private void forget(String caller, String callee) {
    remove(calleesOf, caller, callee);
    remove(callersOf, callee, caller);
  }

  private static <S extends Set<String>> void remove(Map<String, S> map, String key, String value) {
    S values = map.get(key);
    if (values != null && values.remove(value) && values.isEmpty()) {
      map.remove(key);
    }
  }
}
