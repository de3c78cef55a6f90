package io.culvert.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessCpuTest {
  @Test
  void theRunTimeIsTheFirstNumber() {
    assertThat(ProcessCpu.runTime("201683655 27356537 895\n")).isEqualTo(201_683_655);
  }

  @Test
  void aProcessThatWorksUsesTime() throws Exception {
    long pid = ProcessHandle.current().pid();
    long before = ProcessCpu.nanos(pid);

    long sum = 0;
    while (ProcessCpu.nanos(pid) == before) {
      sum += before;
    }

    assertThat(ProcessCpu.nanos(pid)).as("after %d", sum).isGreaterThan(before);
  }

  @Test
  void thatOfNobodyIsNotKnown() throws Exception {
    assertThat(ProcessCpu.nanos(0)).isZero();
    assertThat(ProcessCpu.nanos(Integer.MAX_VALUE)).isZero();
  }
}
