package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.AccountServer;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
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
    AccountServer.prepare(dir, "alice", "bob");
    InetAddress here = InetAddress.ofLiteral("127.0.0.1");
    try (AccountServer server = AccountServer.start(here, dir)) {
      Process hello =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-Duser.home=" + dir,
                  "-cp",
                  System.getProperty("java.class.path"),
                  example.toString(),
                  "127.0.0.1:" + server.ports().account(),
                  AccountServer.passwordOf("bob"),
                  AccountServer.passwordOf("alice"))
              .redirectErrorStream(true)
              .start();
      String output = new String(hello.getInputStream().readAllBytes(), UTF_8);
      assertThat(output).contains("Hello, bob!\n", "bob").contains("The NAT here: ");
      assertThat(hello.waitFor()).isZero();
    }
  }
}
