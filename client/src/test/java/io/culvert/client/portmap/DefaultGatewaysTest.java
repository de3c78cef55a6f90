package io.culvert.client.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.portmap.DefaultGateways.Route;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class DefaultGatewaysTest {
  private static final String HEAD =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

  @Test
  void theDefaultRoutesOfIpv4AreReadFromTheKernelsTable() {
    assertThat(
            DefaultGateways.ipv4(
                List.of(
                    HEAD,
                    "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0",
                    "eth0\t00000000\tFE00A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
                    "eth0\t0000A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0"),
                ByteOrder.LITTLE_ENDIAN))
        .containsExactly(route("wlan0", "192.168.1.1", 600), route("eth0", "192.168.0.254", 100));
  }

  @Test
  void onABigEndianMachineTheNumbersAreTheOtherWayRound() {
    assertThat(
            DefaultGateways.ipv4(
                List.of("eth0 00000000 C0A80101 0003 0 0 0 00000000 0 0 0"), ByteOrder.BIG_ENDIAN))
        .containsExactly(route("eth0", "192.168.1.1", 0));
  }

  @Test
  void aRouteWithoutAGatewayOrForHalfTheInternetIsNone() {
    assertThat(
            DefaultGateways.ipv4(
                List.of(
                    HEAD,
                    "ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0",
                    "tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0",
                    "eth0\t00000000\t0101A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0",
                    ""),
                ByteOrder.LITTLE_ENDIAN))
        .isEmpty();
  }

  @Test
  void theDefaultRoutesOfIpv6AreReadFromTheKernelsTable() {
    String zeros = "0".repeat(32);
    assertThat(
            DefaultGateways.ipv6(
                List.of(
                    "20010db8000000000000000000000000 40 %1$s 00 %1$s 00000100 00000001 00000000 00000001     eth0"
                        .formatted(zeros),
                    "%1$s 00 %1$s 00 fe800000000000000000000000000001 00000400 00000003 00000000 00450003     eth0"
                        .formatted(zeros),
                    "%1$s 00 %1$s 00 %1$s ffffffff 00000001 00000000 00200200       lo"
                        .formatted(zeros))))
        .containsExactly(route("eth0", "fe80::1", 0x400));
  }

  private static Route route(String device, String gateway, long metric) {
    return new Route(device, InetAddress.ofLiteral(gateway), metric);
  }
}
