package io.culvert.client.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RehearsalTest {
  @Test
  void theAgentsFindEachOther() {
    assertThat(Rehearsal.ice()).isTrue();
  }
}
