package io.culvert.server.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallsTest {
  private final Calls calls = new Calls();

  @Test
  void bothEndsAreInACall() {
    calls.begin("alice", "bob");

    assertThat(calls.endAll("bob")).containsExactly("alice");
    assertThat(calls.endAll("alice")).isEmpty();
    assertThat(calls.count()).isZero();
  }

  @Test
  void anAnswerBeginsNoSecondCall() {
    calls.begin("alice", "bob");
    calls.begin("bob", "alice");
    calls.begin("alice", "bob");

    assertThat(calls.count()).isEqualTo(1);
    calls.end("bob", "alice");
    assertThat(calls.endAll("alice")).isEmpty();
  }

  @Test
  void allCallsOfOneEndTogether() {
    calls.begin("alice", "bob");
    calls.begin("carol", "alice");
    calls.begin("carol", "bob");

    assertThat(calls.endAll("alice")).containsExactlyInAnyOrder("bob", "carol");
    assertThat(calls.endAll("bob")).containsExactly("carol");
    assertThat(calls.count()).isZero();
  }

  @Test
  void whoBeginsTooManyHasTheOldestForgotten() {
    for (int i = 0; i <= Calls.MAX_BEGUN; i++) {
      calls.begin("alice", "callee " + i);
    }

    assertThat(calls.count()).isEqualTo(Calls.MAX_BEGUN);
    assertThat(calls.endAll("callee 0")).isEmpty();
    assertThat(calls.endAll("alice")).hasSize(Calls.MAX_BEGUN).contains("callee 1");
  }

  @Test
  void whoIsCalledByManyForgetsNobody() {
    for (int i = 0; i < 100; i++) {
      calls.begin("caller " + i, "alice");
    }

    assertThat(calls.endAll("alice")).hasSize(100);
  }
}
