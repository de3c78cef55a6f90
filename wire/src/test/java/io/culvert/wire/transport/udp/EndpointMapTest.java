package io.culvert.wire.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointMapTest {
  @Test
  void aMillionChangesLeaveWhatTheyLeaveInAnyOtherMap() {
    Random random = new Random(4);
    EndpointMap<Integer> map = new EndpointMap<>(random.nextLong());
    Map<Endpoint, Integer> model = new HashMap<>();
    for (int step = 0; step < 1_000_000; step++) {
      Endpoint key =
          new Endpoint(random.nextInt(2), Endpoint.low(random.nextInt(40)), 1 + step % 7);
      if (random.nextBoolean()) {
        assertThat(map.put(key, step)).isEqualTo(model.put(key, step));
      } else {
        assertThat(map.remove(key)).isEqualTo(model.remove(key));
      }
      assertThat(map.size()).isEqualTo(model.size());
    }
    Map<Endpoint, Integer> content = new HashMap<>();
    map.forEach(content::put);
    assertThat(content).isEqualTo(model);
    model.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
  }

  @ParameterizedTest
  @CsvSource({"203.0.113.1, true", "2001:db8::1, false", "::1, false", "0.0.0.0, true"})
  void anAddressComesBackAsItWas(String address, boolean ipv4) {
    InetSocketAddress socketAddress = new InetSocketAddress(address, 3478);
    Endpoint endpoint = Endpoint.of(socketAddress);
    assertThat(endpoint.toSocketAddress()).isEqualTo(socketAddress);
    assertThat(endpoint.isIpv4()).isEqualTo(ipv4);
  }
}
