package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchCommandTest {
  @Test
  void theCostOfAClientIsMeasuredAndToldAsOneJsonObject() throws Exception {
    // So many that their cost stands out from what a server's heap varies by without them.
    Cli.Result result = Cli.run("bench", "signal", "--clients", "2000", "--json");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    JsonNode report = JsonMapper.shared().readTree(result.out());
    assertThat(report.at("/clients").intValue()).isEqualTo(2_000);
    assertThat(report.at("/targetBytes").intValue()).isEqualTo(10_240);
    for (String protocol : new String[] {"flow", "tag"}) {
      JsonNode each = report.get(protocol);
      assertThat(each.get("seconds").doubleValue()).as(protocol).isPositive();
      assertThat(each.get("heapBytes").longValue()).as(protocol).isPositive();
      assertThat(each.get("directBytes").isIntegralNumber()).as(protocol).isTrue();
      assertThat(each.get("bytes").longValue())
          .isEqualTo(each.get("heapBytes").longValue() + each.get("directBytes").longValue());
    }
    for (String when : new String[] {"empty", "withFlow", "withTags", "afterwards"}) {
      JsonNode memory = report.get("server").get(when);
      assertThat(memory.get("heapBytes").longValue()).as(when).isPositive();
      assertThat(memory.get("directBytes").longValue()).as(when).isPositive();
      assertThat(memory.has("residentBytes")).as(when).isTrue();
    }
  }

  @Test
  void aStreamBetweenPeersIsComparedWithBareQuic() throws Exception {
    Cli.Result result =
        Cli.run("bench", "throughput", "--megabytes", "5", "--rounds", "1", "--json");

    assertThat(result.code()).as(result.err()).isZero();
    JsonNode report = JsonMapper.shared().readTree(result.out());
    assertThat(report.at("/runs").valueStream().map(JsonNode::stringValue))
        .containsExactly("netty", "culvert");
    assertThat(report.at("/figures/0/unit").stringValue()).isEqualTo("MB/s");
    assertThat(report.at("/figures/0/values").valueStream().mapToDouble(JsonNode::doubleValue))
        .hasSize(2)
        .allMatch(value -> value > 0);
    assertThat(report.at("/figures/0/target/atLeast").doubleValue()).isEqualTo(0.9);
  }

  @Test
  void aBenchOfStunAndTurnIsToldAsOneJsonObject() throws Exception {
    Cli.Result result = Cli.run("bench", "binding", "--seconds", "1", "--json");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).contains("measuring culvert");
    JsonNode report = JsonMapper.shared().readTree(result.out());
    assertThat(report.at("/bench").stringValue()).isEqualTo("binding");
    assertThat(report.at("/figures/0/figure").stringValue()).isEqualTo("answers");
    assertThat(report.at("/figures/0/values/0").doubleValue()).isPositive();
  }
}
