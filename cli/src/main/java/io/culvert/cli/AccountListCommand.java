package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.server.account.Account;
import io.culvert.server.account.AccountStore;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ConfigException;
import io.culvert.server.net.ServerStartException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code culvert account list}. */
@Command(
    name = "list",
    description = "Lists all accounts; LOGINS are those that are good at the moment.",
    footer = {"", "Example: culvert account list --json"})
final class AccountListCommand implements Callable<Integer> {
  @Mixin private AccountOptions options = new AccountOptions();

  @Option(
      names = "--json",
      description =
          "Lists them as JSON objects in UTF-8, a line each: account, disabled, created,"
              + " lastLogin (unless never), logins.")
  private boolean json;

  @Override
  public Integer call() throws ConfigException, ServerStartException, StoreException {
    try (AccountStore store = options.open()) {
      List<Account> accounts = store.list();
      if (json) {
        accounts.forEach(AccountListCommand::printAsJson);
      } else if (accounts.isEmpty()) {
        System.err.println("There are no accounts yet in " + store.where() + ".");
      } else {
        print(accounts);
      }
      System.out.flush();
      return Culvert.WORKED;
    }
  }

  private static void printAsJson(Account account) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("account", account.name());
    object.put("disabled", account.disabled());
    object.put("created", account.created().toString());
    account.lastLogin().ifPresent(time -> object.put("lastLogin", time.toString()));
    object.put("logins", account.logins());
    // Not println: JSON is UTF-8 in every locale.
    System.out.writeBytes((JsonMapper.shared().writeValueAsString(object) + "\n").getBytes(UTF_8));
  }

  private static void print(List<Account> accounts) {
    int longest = accounts.stream().mapToInt(account -> account.name().length()).max().orElse(0);
    String line = "%-" + Math.max(longest, "NAME".length()) + "s  %-8s  %-20s  %-20s  %s%n";
    System.out.printf(line, "NAME", "STATE", "CREATED", "LAST LOGIN", "LOGINS");
    for (Account account : accounts) {
      System.out.printf(
          line,
          Text.printable(account.name()),
          account.disabled() ? "disabled" : "enabled",
          seconds(account.created()),
          account.lastLogin().map(AccountListCommand::seconds).orElse("never"),
          account.logins());
    }
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
