package io.culvert.server.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.tls.TlsClient;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FlowOverTlsTest {
  @TempDir private Path data;
  private TestFlowServer server;

  @BeforeEach
  void start() throws Exception {
    server = TestFlowServer.start(data);
    server.add("alice");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void bothPortsTakeTlsAndPlainClients() throws Exception {
    String login =
        RawFlowClient.message(
            1,
            "",
            "{'account':'alice','password':'%s'}".formatted(TestFlowServer.passwordOf("alice")));
    for (InetSocketAddress port :
        List.of(server.server().signalAddress(), server.server().accountAddress())) {
      try (Socket encrypted = TlsClient.connect(port);
          Socket plain = new Socket(port.getAddress(), port.getPort())) {
        plain.setSoTimeout(10_000);
        assertThat(ask(encrypted, login)).contains("\"signalType\":16", "\"status\":0");
        assertThat(ask(plain, login)).contains("\"signalType\":16", "\"status\":0");
      }
    }
  }

  /** Its length begins like TLS; its third byte does not. */
  @Test
  void aPlainFrameOf5635BytesIsNoTls() throws Exception {
    InetSocketAddress port = server.server().accountAddress();
    String login =
        RawFlowClient.message(
            1,
            "",
            "{'account':'alice','password':'%s'}".formatted(TestFlowServer.passwordOf("alice")));
    for (String padding : List.of(" ", "\n", "\t", "\r")) {
      String inFront = padding.repeat(0x1603 - login.length()) + login;
      String behind = login + padding.repeat(0x1603 - login.length());
      for (String frame : List.of(inFront, behind)) {
        try (Socket plain = new Socket(port.getAddress(), port.getPort())) {
          plain.setSoTimeout(10_000);
          assertThat(ask(plain, frame)).contains("\"signalType\":16", "\"status\":0");
        }
      }
    }
  }

  private static String ask(Socket client, String json) throws Exception {
    byte[] bytes = json.getBytes(UTF_8);
    DataOutputStream out = new DataOutputStream(client.getOutputStream());
    out.writeShort(bytes.length);
    out.write(bytes);
    out.flush();
    DataInputStream in = new DataInputStream(client.getInputStream());
    return new String(in.readNBytes(in.readUnsignedShort()), UTF_8);
  }
}
