package io.culvert.cli;

import io.culvert.server.account.AccountStore;
import picocli.CommandLine.Parameters;

/** The account that a command is about. */
final class AccountNameParameter {
  @Parameters(paramLabel = "NAME", description = "The account's name.")
  private String name = "";

  /** The name as accounts are kept. */
  String checked() {
    try {
      return AccountStore.checkName(name);
    } catch (IllegalArgumentException e) {
      throw new UsageException("NAME: " + e.getMessage() + ".");
    }
  }
}
