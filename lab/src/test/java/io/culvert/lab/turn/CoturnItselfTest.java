package io.culvert.lab.turn;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The tools with their own server: what fails here is not the fault of ours. */
class CoturnItselfTest extends CoturnTools {
  CoturnItselfTest(@TempDir Path folder) throws Exception {
    super(folder, DebianTurnserver.start(folder));
  }
}
