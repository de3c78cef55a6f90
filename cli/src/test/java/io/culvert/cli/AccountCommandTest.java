package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccountCommandTest {
  private final Path dir;
  private final String data;

  AccountCommandTest(@TempDir Path dir) {
    this.dir = dir;
    data = dir.resolve("data").toString();
  }

  private Cli.Result addAlice() throws Exception {
    return withStdin("secret\n", "account", "add", "alice", "--data", data, "--password-stdin");
  }

  private Cli.Result withStdin(String text, String... arguments) throws Exception {
    return withStdin(text.getBytes(StandardCharsets.UTF_8), arguments);
  }

  private Cli.Result withStdin(byte[] text, String... arguments) throws Exception {
    Path file = Files.write(dir.resolve("stdin"), text);
    try (Cli cli = Cli.start(null, file.toFile(), arguments)) {
      return cli.result();
    }
  }

  private static void worked(Cli.Result result, String line) {
    assertThat(result).isEqualTo(new Cli.Result(0, line + System.lineSeparator(), ""));
  }

  private static void failed(Cli.Result result, int code, String... parts) {
    assertThat(result.code()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).singleElement().asString().contains(parts);
  }

  @Test
  void anAccountIsAddedToANewDirectoryAndHasItsWholeLife() throws Exception {
    worked(addAlice(), "added alice (" + Path.of(data, "accounts.db") + ")");
    failed(addAlice(), 1, "There is an account alice already");
    worked(
        withStdin("n", "account", "password", "alice", "--data", data, "--password-stdin"),
        "changed the password of alice");
    worked(Cli.run("account", "disable", "alice", "--data", data), "disabled alice");
    assertThat(list().getFirst().get("disabled").asBoolean()).isTrue();
    worked(Cli.run("account", "enable", "alice", "--data", data), "enabled alice");
    assertThat(list().getFirst().get("disabled").asBoolean()).isFalse();
    assertThat(Cli.run("account", "list", "--data", data).out())
        .containsPattern("NAME +STATE +CREATED")
        .containsPattern("(?m)^alice +enabled +20..-..-..T..:..:..Z +never +0$");
    worked(Cli.run("account", "remove", "alice", "--data", data), "removed alice");
    assertThat(list()).isEmpty();
  }

  private List<JsonNode> list() throws Exception {
    Cli.Result result = Cli.run("account", "list", "--json", "--data", data);
    assertThat(result.code()).isZero();
    return result.out().lines().map(JsonMapper.shared()::readTree).toList();
  }

  @Test
  void whatIsDoneToNobodyFails() throws Exception {
    for (String command : List.of("disable", "enable", "remove")) {
      failed(Cli.run("account", command, "bob", "--data", data), 1, "There is no account bob.");
    }
    failed(
        withStdin("secret", "account", "password", "bob", "--data", data, "--password-stdin"),
        1,
        "There is no account bob.");
  }

  @Test
  void anAccountThatIsConfirmedIsThereWhenTheCommandIsKilledRightAfter() throws Exception {
    try (Cli cli = Cli.start(null, "account", "add", "alice", "--data", data, "--password-stdin")) {
      cli.type("secret\n"); // and stdin stays open
      cli.awaitOut("added alice");
      cli.kill();
      cli.result();
    }

    assertThat(list()).extracting(account -> account.get("account").asString()).contains("alice");
  }

  @Test
  void theNameMayBeOfAnyScript() throws Exception {
    String name = "\u963f\u91cc \ud83d\ude80";
    Cli.Result added =
        withStdin("secret", "account", "add", name, "--data", data, "--password-stdin");
    assertThat(added.code()).isZero();

    assertThat(list().getFirst().get("account").asString()).isEqualTo(name);
  }

  @Test
  void aPasswordThatCannotBeIsWrongUse() throws Exception {
    for (byte[] password :
        List.of(new byte[0], new byte[] {'\n'}, new byte[] {'\r', '\n'}, new byte[2_000_000])) {
      failed(
          withStdin(password, "account", "add", "alice", "--data", data, "--password-stdin"),
          2,
          "--password-stdin: a password ");
    }
    failed(
        withStdin(
            "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1),
            "account",
            "add",
            "alice",
            "--data",
            data,
            "--password-stdin"),
        2,
        "--password-stdin: the password is not UTF-8.");
    assertThat(list()).isEmpty();
  }

  @Test
  void withoutATerminalThePasswordIsNotAskedFor() throws Exception {
    failed(Cli.run("account", "add", "alice", "--data", data), 2, "--password-stdin");
  }

  @Test
  void aNameThatCannotBeIsWrongUse() throws Exception {
    failed(Cli.run("account", "remove", " alice", "--data", data), 2, "NAME: an account's name");
  }

  @Test
  void theConfigurationOfTheServerNamesTheDirectory() throws Exception {
    Path config = Files.writeString(dir.resolve("c.toml"), "data = \"" + data + "\"\n");

    worked(
        withStdin(
            "secret", "account", "add", "alice", "--config", config.toString(), "--password-stdin"),
        "added alice (" + Path.of(data, "accounts.db") + ")");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws Exception {
    Files.writeString(Path.of(data), "");

    failed(Cli.run("account", "list", "--data", data), 2, data + " is a file");
  }

  @Test
  void aDatabaseThatCannotBeReachedIsNamedWithoutItsPassword() throws Exception {
    Cli.Result result =
        Cli.run("account", "list", "--set", "store.url=postgresql://u:hunter2@127.0.0.1:9/culvert");

    failed(result, 2, "culvert on PostgreSQL at 127.0.0.1", "cannot be reached");
    assertThat(result.err()).doesNotContain("hunter2");
  }
}
