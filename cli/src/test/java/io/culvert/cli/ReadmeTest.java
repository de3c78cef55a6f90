package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.tcppunch.TcpPunchServer;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
  private static final Path README = Path.of(System.getProperty("culvert.root"), "README.md");

  @Test
  void theJavaExampleRunsAsItStands(@TempDir Path dir) throws Exception {
    String readme = Files.readString(README);
    int start = readme.indexOf("```java\n") + "```java\n".length();
    Path example = dir.resolve("Hello.java");
    Files.writeString(example, readme.substring(start, readme.indexOf("```", start)));
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (TcpPunchServer server =
        TcpPunchServer.start(List.of(loopback), new TcpPunchConfig(true, 0, 0, 10))) {
      int main = server.mainAddress().getPort();
      int aux = server.auxAddress().getPort();
      Process hello =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  example.toString(),
                  "127.0.0.1:" + main + ":" + aux)
              .redirectErrorStream(true)
              .start();
      String output = new String(hello.getInputStream().readAllBytes(), UTF_8);
      assertThat(output).startsWith("Hello, alice! via ").contains("/127.0.0.1:");
      assertThat(hello.waitFor()).isZero();
    }
  }
}
