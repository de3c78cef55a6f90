package io.culvert.client.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.portmap.UpnpXml.Text;
import io.culvert.traversal.portmap.Gateway;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a router may send us, and where it says that it is. */
class UpnpAddressesTest {
  private static final Gateway GATEWAY =
      new Gateway(InetAddress.ofLiteral("192.168.1.1"), InetAddress.ofLiteral("192.168.1.2"));
  private static final URI LOCATION = URI.create("http://192.168.1.1:5000/root.xml");
  private static final String IP_1 = "urn:schemas-upnp-org:service:WANIPConnection:1";
  private static final String PPP = "urn:schemas-upnp-org:service:WANPPPConnection:1";

  @ParameterizedTest
  @ValueSource(
      strings = {"http://192.168.1.1/", "HTTP://192.168.1.1:5000/x", "http://u@192.168.1.1:80/"})
  void theRoutersOwnAddressIsGoneTo(String uri) {
    assertThat(UpnpHttp.isAt(GATEWAY, URI.create(uri))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://192.168.1.1/",
        "file:///etc/passwd",
        "http://192.168.1.3/",
        "http://127.0.0.1/",
        "http://router.example/",
        "http://192.168.1.1.example/",
        "http://192.168.1.1@evil.example/",
        "http://[::1]/",
        "http:///x",
        "http:192.168.1.1",
        "/root.xml",
        "http://192.168.257/"
      })
  void nothingElseIs(String uri) {
    assertThat(UpnpHttp.isAt(GATEWAY, URI.create(uri))).isFalse();
  }

  @Test
  void anAnswerSaysWhereTheDescriptionIs() {
    assertThat(
            UpnpSearch.location("HTTP/1.1 200 OK\r\nST: x\r\nLocation:  " + LOCATION + "\r\n\r\n"))
        .contains(LOCATION);
    assertThat(UpnpSearch.location("HTTP/1.0 200\r\nLOCATION:" + LOCATION)).contains(LOCATION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "NOTIFY * HTTP/1.1\r\nLOCATION: http://192.168.1.1/\r\n\r\n",
        "HTTP/1.1 404 No\r\nLOCATION: http://192.168.1.1/\r\n\r\n",
        "HTTP/1.1 2000\r\nLOCATION: http://192.168.1.1/\r\n\r\n",
        "HTTP/1.1 200 OK\r\nST: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nLOCATION: ht tp:\r\n\r\n"
      })
  void whatIsNoAnswerSaysNothing(String answer) {
    assertThat(UpnpSearch.location(answer)).isEmpty();
  }

  @Test
  void theServicesThatMapPortsAreFoundInTheDescription() throws Exception {
    assertThat(
            UpnpService.in(
                List.of(
                    new Text("serviceType", "urn:schemas-upnp-org:service:Layer3Forwarding:1"),
                    new Text("controlURL", "/l3f"),
                    new Text("serviceType", PPP),
                    new Text("controlURL", "ppp"),
                    new Text("controlURL", "/of-nothing"),
                    new Text("serviceType", IP_1),
                    new Text("controlURL", "http://192.168.1.1:80/ip")),
                LOCATION))
        .containsExactly(
            new UpnpService(PPP, URI.create("http://192.168.1.1:5000/ppp")),
            new UpnpService(IP_1, URI.create("http://192.168.1.1:80/ip")));
  }

  @Test
  void theDescriptionMayNameAnotherBase() throws Exception {
    assertThat(
            UpnpService.in(
                List.of(
                    new Text("URLBase", "http://192.168.1.1:81/upnp/"),
                    new Text("serviceType", IP_1),
                    new Text("controlURL", "ip")),
                LOCATION))
        .containsExactly(new UpnpService(IP_1, URI.create("http://192.168.1.1:81/upnp/ip")));
  }

  @Test
  void anAddressThatIsNoneIsRefusedWithASentence() {
    List<Text> description = List.of(new Text("serviceType", IP_1), new Text("controlURL", "a b"));
    assertThatThrownBy(() -> UpnpService.in(description, LOCATION))
        .isInstanceOf(UpnpException.class)
        .hasMessage("The router's UPnP has an address that is none.");
  }
}
