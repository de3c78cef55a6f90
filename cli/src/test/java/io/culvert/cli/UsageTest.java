package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
  @Test
  void theVersionIsThatOfTheBuild() throws Exception {
    Cli.Result result = Cli.run("--version");
    assertThat(result.code()).isZero();
    assertThat(result.out()).matches("culvert \\d+\\.\\d+\\.\\d+\\S*\\R");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "demo --help",
        "server --help",
        "account --help",
        "account add --help",
        "account list --help",
        "account password --help",
        "account disable --help",
        "account enable --help",
        "account remove --help",
        "tcppunch --help",
        "tcppunch online --help",
        "tcppunch invite --help",
        "tag --help",
        "tag register --help",
        "tag dial --help",
        "tag list --help",
        "login --help",
        "logout --help",
        "listen --help",
        "call --help",
        "lab --help",
        "lab matrix --help",
        "lab scenario --help",
        "bench --help",
        "bench signal --help",
        "bench relay --help",
        "bench binding --help",
        "bench allocate --help"
      })
  void everyCommandExplainsItselfWithAnExample(String command) throws Exception {
    Cli.Result result = Cli.run(command.split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("Usage: culvert").contains("Example", "Exit codes:");
    assertThat(result.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tcppunch",
        "nonsense",
        "server --nonsense",
        "account",
        "account add",
        "account add alice",
        "account add alice bob",
        "account add alice --password-stdin --nonsense",
        "account remove",
        "tcppunch online",
        "tcppunch online bob",
        "tcppunch online bob --server",
        "tcppunch online bob --server host:99999",
        "tcppunch online bob --server a:1:2:3",
        "tcppunch invite alice --server 127.0.0.1",
        "tcppunch invite alice alice --server 127.0.0.1",
        "tcppunch invite alice bob --server 127.0.0.1 --timeout soon",
        "tcppunch invite alice bob --server 127.0.0.1 --timeout 0",
        "tag",
        "tag register",
        "tag register --server :7",
        "tag register --server 127.0.0.1:0",
        "tag dial --server 127.0.0.1",
        "tag dial x --server 127.0.0.1 --timeout 0",
        "logout",
        "listen",
        "listen --server 127.0.0.1 --account bob",
        "listen --server 127.0.0.1 --account bob --password-file /nonexistent/file",
        "listen --server 127.0.0.1 --password-file /dev/null",
        "call",
        "call bob",
        "call bob --timeout 41",
        "login --server 127.0.0.1",
        "login --server 127.0.0.1 --account bob",
        "login --server 127.0.0.1 --account bob --password-file /dev/null",
        "lab",
        "lab nonsense",
        "lab matrix nonsense",
        "lab matrix --kinds nonsense",
        "lab matrix --patience 1",
        "lab matrix --patience 61",
        "lab matrix --html /nonexistent/folder/file.html",
        "lab matrix --html /tmp",
        "lab scenario",
        "lab scenario S94",
        "lab scenario nonsense",
        "lab scenario all S42",
        "bench",
        "bench signal --clients 0",
        "bench signal --clients 16001",
        "bench signal --clients many",
        "bench relay --size 15",
        "bench relay --size 120,1449",
        "bench relay --seconds 0",
        "bench relay --seconds 61",
        "bench relay --against 127.0.0.1:70000",
        "bench relay --against 127.0.0.1 --versus-coturn",
        "bench binding --user me",
        "bench allocate --allocations 0",
        "bench allocate --allocations 16001",
        "bench allocate --strangers 5000001"
      })
  void wrongUseEndsWithTwoAndNoStackTrace(String command) throws Exception {
    Cli.Result result = Cli.run(command.isEmpty() ? new String[0] : command.split(" "));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).isNotBlank().doesNotContain("\tat ", "Exception");
  }

  @Test
  void aNameThatIsTooLongIsWrongUse() throws Exception {
    Cli.Result result = Cli.run("tcppunch", "online", "x".repeat(256), "--server", "127.0.0.1:9");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("at most 255 bytes").doesNotContain("\tat ");
  }
}
