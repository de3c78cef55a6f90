package io.culvert.cli;

import io.culvert.lab.demo.Demo;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.LabAvailability.Impossible;
import io.culvert.lab.net.LabAvailability.InOwnProcess;
import io.culvert.lab.net.LabAvailability.Ready;
import io.culvert.lab.net.LabProcess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code culvert demo}. */
@Command(
    name = "demo",
    description =
        "Shows on this machine what Culvert does: a server and two peers behind real NATs. "
            + "Everything happens in network namespaces of its own and is gone afterwards.",
    footer = {"", "Example: culvert demo"})
final class DemoCommand implements Callable<Integer> {
  @Override
  public Integer call() throws IOException, InterruptedException {
    Demo demo = new Demo(System.out);
    return switch (Lab.availability()) {
      case Ready() -> demo.playInLab() ? Culvert.WORKED : Culvert.DID_NOT_WORK;
      case InOwnProcess _ -> LabProcess.run(Culvert.class, List.of("demo"));
      case Impossible(String sentence) -> {
        System.out.println("There can be no NATs here, so this plays on loopback without them.");
        System.out.println(sentence);
        yield demo.playOnLoopback() ? Culvert.WORKED : Culvert.DID_NOT_WORK;
      }
    };
  }
}
