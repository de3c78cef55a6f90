package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.flow.FlowClient;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.flow.FlowSession;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvert login}. */
@Command(
    name = "login",
    description =
        "Logs in, so that listen and call need neither server nor password from now on. "
            + "What is kept, in ~/.config/culvert, is a token and the server's certificate, no password.",
    footer = {"", "Example: culvert login --server rendezvous.example --account alice"})
final class LoginCommand implements Callable<Integer> {
  @Mixin private FlowOptions options = new FlowOptions();

  @Option(
      names = "--password-stdin",
      description = "Reads the password from stdin: one line of UTF-8, whatever the locale.")
  private boolean passwordOnStdin;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Events events = options.events();
    FlowLogin login = options.loginAsking(passwordOnStdin);
    try {
      FlowSession session = FlowClient.login(login);
      FlowOptions.rememberServer(events, login, session);
      new StoredLogin(login.server(), session.account(), session.token()).save();
      events.tell(
          "logged-in",
          "logged in as %s at %s".formatted(session.account(), login.server()),
          field("account", session.account()),
          field("server", login.server().toString()));
      return Culvert.WORKED;
    } catch (CulvertException e) {
      Reports.failed(events, e);
      return Culvert.DID_NOT_WORK;
    }
  }
}
