package io.culvert.lab.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tools with our server; the user of all other tests is an account. */
class CoturnToolsTest extends CoturnTools {
  CoturnToolsTest(@TempDir Path folder) throws Exception {
    super(folder, CulvertTurnServer.start(folder));
  }

  @Test
  void credentialsThatAreGoodForATime() throws Exception {
    expectNoLoss(4, withSecret(CulvertTurnServer.SECRET));
  }

  /** Case 38. */
  @Test
  void credentialsOfTheSecretBefore() throws Exception {
    expectNoLoss(4, withSecret(CulvertTurnServer.OLD_SECRET));
  }

  @Test
  void credentialsOfAnotherSecretAreRefused() throws Exception {
    assertThat(withSecret("no secret"))
        .contains("error 401")
        .doesNotContain("Total lost packets 0");
  }

  @Test
  void anotherPasswordIsRefused() throws Exception {
    List<String> options = new ArrayList<>(List.of("-u", ServerUnderTest.USER, "-w", "wrong"));
    options.addAll(toPeer("-c", "-X"));

    assertThat(uclientAs(options, 1, server().port()))
        .contains("error 401")
        .doesNotContain("Total lost packets 0");
  }

  private String withSecret(String secret) throws Exception {
    List<String> options = new ArrayList<>(List.of("-u", "somebody", "-W", secret));
    options.addAll(toPeer("-c", "-X"));
    return uclientAs(options, 4, server().port());
  }
}
