package io.culvert.cli;

import io.culvert.server.account.AccountStore;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ConfigException;
import io.culvert.server.net.ServerStartException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert account disable}. */
@Command(
    name = "disable",
    description = "Lets an account in no more, and ends all its logins.",
    footer = {"", "Example: culvert account disable alice"})
final class AccountDisableCommand implements Callable<Integer> {
  @Mixin private AccountOptions options = new AccountOptions();
  @Mixin private AccountNameParameter name = new AccountNameParameter();

  @Override
  public Integer call() throws ConfigException, ServerStartException, StoreException {
    String account = name.checked();
    try (AccountStore store = options.open()) {
      return AccountOptions.tell(store.disable(account), "disabled " + account, account);
    }
  }
}
