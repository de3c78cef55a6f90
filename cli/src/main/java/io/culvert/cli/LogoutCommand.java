package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.flow.FlowClient;
import io.culvert.client.flow.FlowLogin;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert logout}. */
@Command(
    name = "logout",
    description = "Ends what culvert login has begun: the token is good for nobody any more.",
    footer = {"", "Example: culvert logout"})
final class LogoutCommand implements Callable<Integer> {
  @Mixin private EventOptions eventOptions = new EventOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Events events = eventOptions.events();
    FlowLogin login = new FlowOptions().login();
    try {
      FlowClient.logout(login);
    } catch (CulvertException e) {
      if (e.reason() != Reason.LOGIN_REFUSED) { // else it had ended before
        Reports.failed(events, e);
        return Culvert.DID_NOT_WORK;
      }
    }
    StoredLogin.delete();
    events.tell(
        "logged-out",
        "logged out %s at %s".formatted(login.account(), login.server()),
        field("account", login.account()),
        field("server", login.server().toString()));
    return Culvert.WORKED;
  }
}
