package io.culvert.cli;

import io.culvert.server.account.AccountStore;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ConfigException;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert account add}. */
@Command(
    name = "add",
    description = "Adds an account; asks for its password on the terminal.",
    footer = {
      "",
      "Example: culvert account add alice",
      "         culvert account add alice --password-stdin < password.txt"
    })
final class AccountAddCommand implements Callable<Integer> {
  @Mixin private AccountOptions options = new AccountOptions();
  @Mixin private AccountNameParameter name = new AccountNameParameter();
  @Mixin private NewPassword newPassword = new NewPassword();

  @Override
  public Integer call() throws ConfigException, ServerStartException, StoreException, IOException {
    String account = name.checked();
    String password = newPassword.ask();
    try (AccountStore store = options.open()) {
      return store.add(account, password)
          ? AccountOptions.worked("added %s (%s)".formatted(account, store.where()))
          : AccountOptions.failed(
              "There is an account %s already; culvert account password changes its password."
                  .formatted(account));
    }
  }
}
