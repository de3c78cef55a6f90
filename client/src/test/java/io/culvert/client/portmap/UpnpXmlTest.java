package io.culvert.client.portmap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.portmap.UpnpXml.Text;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpnpXmlTest {
  @Test
  void theTextsOfADocumentAreReadInOrderAndWithoutNamespaces() throws Exception {
    assertThat(
            UpnpXml.texts(
                bytes(
                    """
                    <?xml version="1.0"?>
                    <a xmlns="urn:x" xmlns:u="urn:y"><!-- no --><u:b> one </u:b>
                    <c><d>t<![CDATA[w]]>o</d></c><e/>&lt;</a>
                    """)))
        .containsExactly(new Text("b", "one"), new Text("d", "two"), new Text("e", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no XML", "<a>", "<a></b>", "<a/><b/>", "<a>&nothing;</a>", "\0"})
  void whatIsNoXmlIsRefused(String document) {
    assertThatThrownBy(() -> UpnpXml.texts(bytes(document))).isInstanceOf(UpnpException.class);
  }

  @Test
  void aFileIsNotRead(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    refuses("<!DOCTYPE a [<!ENTITY x SYSTEM \"%s\">]><a><b>&x;</b></a>".formatted(secret.toUri()));
  }

  @Test
  void nothingIsFetchedFromAnywhere() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      String url = "http://127.0.0.1:%d/x".formatted(server.getLocalPort());
      refuses("<!DOCTYPE a SYSTEM \"%s\"><a/>".formatted(url));
      refuses("<!DOCTYPE a [<!ENTITY %% x SYSTEM \"%s\"> %%x;]><a/>".formatted(url));
      refuses("<!DOCTYPE a [<!ENTITY x SYSTEM \"%s\">]><a>&x;</a>".formatted(url));
      refuses("<!DOCTYPE a [<!ENTITY x SYSTEM \"%s\">]><a b='&x;'/>".formatted(url));
      UpnpXml.texts(
          bytes(
              "<a xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:schemaLocation='x %1$s'><b xmlns:x='http://www.w3.org/2001/XInclude'><x:include href='%1$s'/></b></a>"
                  .formatted(url)));
      server.setSoTimeout(200);
      assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aBillionLaughsAreNotLaughed() {
    StringBuilder bomb = new StringBuilder("<!DOCTYPE a [<!ENTITY l0 \"lol\">");
    for (int i = 1; i < 10; i++) {
      bomb.append("<!ENTITY l%d \"%s\">".formatted(i, "&l%d;".formatted(i - 1).repeat(10)));
    }
    refuses(bomb + "]><a>&l9;</a>");
  }

  @Test
  void moreTextsThanAnyRouterHasAreNotKept() throws Exception {
    assertThat(UpnpXml.texts(bytes("<a>" + "<b/>".repeat(10_000) + "</a>"))).hasSize(2000);
  }

  private static void refuses(String document) {
    assertThatThrownBy(() -> UpnpXml.texts(bytes(document)))
        .isInstanceOf(UpnpException.class)
        .hasMessageEndingWith("XML of a dangerous kind.");
  }

  private static byte[] bytes(String document) {
    return document.getBytes(UTF_8);
  }
}
