package io.culvert.cli;

import io.culvert.server.account.AccountStore;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ConfigException;
import io.culvert.server.net.ServerStartException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert account enable}. */
@Command(
    name = "enable",
    description = "Lets a disabled account in again.",
    footer = {"", "Example: culvert account enable alice"})
final class AccountEnableCommand implements Callable<Integer> {
  @Mixin private AccountOptions options = new AccountOptions();
  @Mixin private AccountNameParameter name = new AccountNameParameter();

  @Override
  public Integer call() throws ConfigException, ServerStartException, StoreException {
    String account = name.checked();
    try (AccountStore store = options.open()) {
      return AccountOptions.tell(store.enable(account), "enabled " + account, account);
    }
  }
}
