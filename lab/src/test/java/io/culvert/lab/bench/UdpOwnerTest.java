package io.culvert.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class UdpOwnerTest {
  private static final List<String> TABLE =
      List.of(
          "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
              + "  timeout inode ref pointer drops",
          "  301: 0100007F:0D96 00000000:0000 07 00000000:00000000 00:00000000 00000000     0"
              + "        0 31337 2 0000000000000000 0",
          "  302: 0100007F:0D97 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000"
              + "        0 31338 2 0000000000000000 0",
          "  303: 00000000:0D96 00000000:0000 07 00000000:00000000 00:00000000 00000000     0"
              + "        0 31339 2 0000000000000000 17");

  private static final List<String> TABLE_OF_IPV6 =
      List.of(
          " 1234: 00000000000000000000000001000000:0D96 00000000000000000000000000000000:0000 07"
              + " 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 0");

  @Test
  void theSocketsOfAPortAreToldByTheirInodes() {
    assertThat(UdpOwner.inodes(TABLE, 3478)).containsExactlyInAnyOrder("31337", "31339");
    assertThat(UdpOwner.inodes(TABLE_OF_IPV6, 3478)).containsExactly("4711");
    assertThat(UdpOwner.inodes(TABLE, 3480)).isEmpty();
  }

  @Test
  void whoHasASocketOpenIsFound() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (DatagramSocket socket = new DatagramSocket(any)) {
      assertThat(UdpOwner.of(socket.getLocalPort())).isEqualTo(ProcessHandle.current().pid());
    }
  }
}
