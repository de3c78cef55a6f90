package io.culvert.lab.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.lab.junit.InLab;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@InLab
class HttpProxyTest {
  @BeforeEach
  void needsTinyproxy() {
    assumeTrue(HttpProxy.isAvailable(), Tool.TINYPROXY.missing());
  }

  @Test
  void theProxyOfAClosedOfficeIsTheOnlyWayOut() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Router office = lab.router("office", NatKind.CLOSED);
      Host gate = lab.host("gate");
      HttpProxy proxy = HttpProxy.start(gate, gate.connect(office.lan()), "alice", "secret");
      Host inside = office.host("alice");
      try (Tcp web = Tcp.on(server, 443);
          Tcp other = Tcp.on(server);
          Tcp alice = Tcp.on(inside);
          Udp udp = Udp.on(inside);
          Udp udpServer = Udp.on(server);
          Socket tunnel = connect(inside, proxy)) {
        assertThat(alice.hearsNothingFrom(web.address())).isTrue();
        udp.send("lost", udpServer);
        assertThat(udpServer.receiveUntilSilence()).isEmpty();

        assertThat(ask(tunnel, web.address(), "alice:secret")).contains(" 200 ");
        try (Socket far = web.accept()) {
          assertThat(far.getInetAddress()).isEqualTo(gate.address());
          far.getOutputStream().write('!');
          assertThat(tunnel.getInputStream().read()).isEqualTo('!');
          tunnel.getOutputStream().write('?');
          assertThat(far.getInputStream().read()).isEqualTo('?');
        }
        assertThat(answer(inside, proxy, other.address(), "alice:secret")).contains(" 403 ");
      }
    }
  }

  @Test
  void strangersAreRefused() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      HttpProxy proxy = proxy(lab.host("gate"));
      InetSocketAddress web = new InetSocketAddress(server.address(), 443);

      assertThat(answer(server, proxy, web, "alice:wrong")).contains(" 401 ");
      assertThat(answer(server, proxy, web, "")).contains(" 407 ");
    }
  }

  @Test
  void wordsThatItsConfigurationCannotHoldAreRefused() {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("proxy");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> HttpProxy.start(host, host.first(), "alice", "a b"));
    }
  }

  private static HttpProxy proxy(Host host) throws IOException {
    return HttpProxy.start(host, host.first(), "alice", "secret");
  }

  private static Socket connect(Host host, HttpProxy proxy) throws Exception {
    Socket socket =
        host.run(() -> new Socket(proxy.address().getAddress(), proxy.address().getPort()));
    socket.setSoTimeout(3000);
    return socket;
  }

  private static String answer(Host host, HttpProxy proxy, InetSocketAddress to, String credentials)
      throws Exception {
    try (Socket socket = connect(host, proxy)) {
      return ask(socket, to, credentials);
    }
  }

  /** Asks for a tunnel and returns the first line of the answer; the rest of its head is read. */
  private static String ask(Socket socket, InetSocketAddress to, String credentials)
      throws IOException {
    String address = to.getAddress().getHostAddress() + ":" + to.getPort();
    String authorization =
        credentials.isEmpty()
            ? ""
            : "Proxy-Authorization: Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(US_ASCII))
                + "\r\n";
    socket
        .getOutputStream()
        .write(
            "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n%2$s\r\n"
                .formatted(address, authorization)
                .getBytes(US_ASCII));
    InputStream input = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = input.read();
      assertThat(next).describedAs("the answer after '%s'", head).isNotNegative();
      head.append((char) next);
    }
    return head.substring(0, head.indexOf("\r\n"));
  }
}
