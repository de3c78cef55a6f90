package io.culvert.cli;

import io.culvert.server.account.AccountStore;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ConfigException;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert account password}. */
@Command(
    name = "password",
    description =
        "Changes the password of an account, and ends all its logins; "
            + "asks for the new one on the terminal.",
    footer = {
      "",
      "Example: culvert account password alice",
      "         culvert account password alice --password-stdin < password.txt"
    })
final class AccountPasswordCommand implements Callable<Integer> {
  @Mixin private AccountOptions options = new AccountOptions();
  @Mixin private AccountNameParameter name = new AccountNameParameter();
  @Mixin private NewPassword newPassword = new NewPassword();

  @Override
  public Integer call() throws ConfigException, ServerStartException, StoreException, IOException {
    String account = name.checked();
    String password = newPassword.ask();
    try (AccountStore store = options.open()) {
      return AccountOptions.tell(
          store.changePassword(account, password), "changed the password of " + account, account);
    }
  }
}
