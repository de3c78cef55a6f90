package io.culvert.cli;

import io.culvert.server.account.AccountStore;
import io.culvert.server.config.ConfigException;
import io.culvert.server.config.ServerConfig;
import io.culvert.server.net.ServerStartException;
import picocli.CommandLine.Mixin;

/** What all {@code culvert account} commands have in common. */
final class AccountOptions {
  @Mixin private ConfigOptions config = new ConfigOptions();

  /** Opens the accounts of the server that has this configuration. */
  AccountStore open() throws ConfigException, ServerStartException {
    ServerConfig read = config.reader().read();
    return AccountStore.open(read.data(), read.store(), read.turn().realm());
  }

  /** Tells that it is done, or that there is no such account; returns the exit code. */
  static int tell(boolean done, String sentence, String account) {
    return done ? worked(sentence) : failed("There is no account " + account + ".");
  }

  static int worked(String sentence) {
    System.out.println(Text.printable(sentence));
    return Culvert.WORKED;
  }

  static int failed(String sentence) {
    System.err.println("culvert: " + Text.printable(sentence));
    return Culvert.DID_NOT_WORK;
  }
}
