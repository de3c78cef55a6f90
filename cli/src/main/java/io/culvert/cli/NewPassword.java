package io.culvert.cli;

import io.culvert.server.account.AccountStore;
import java.io.IOException;
import picocli.CommandLine.Option;

/** A password that is to be an account's: asked for on the terminal, or the first line of stdin. */
final class NewPassword {
  @Option(
      names = "--password-stdin",
      description = "Reads the password from stdin: one line of UTF-8, whatever the locale.")
  private boolean fromStdin;

  /** The password; refuses what can be none. */
  String ask() throws IOException {
    String password =
        fromStdin ? PasswordInput.firstLine(System.in, "--password-stdin") : askTwice();
    try {
      return AccountStore.checkPassword(password);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "%s: %s.".formatted(fromStdin ? "--password-stdin" : "Password", e.getMessage()));
    }
  }

  private static String askTwice() {
    String otherwise = "--password-stdin reads it from stdin.";
    String password = PasswordInput.ask("Password: ", otherwise);
    if (!password.equals(PasswordInput.ask("The same again: ", otherwise))) {
      throw new UsageException("The two passwords are not the same.");
    }
    return password;
  }
}
