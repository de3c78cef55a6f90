package io.culvert.lab.net;

import io.culvert.lab.net.LabAvailability.Impossible;
import io.culvert.lab.net.LabAvailability.InOwnProcess;
import io.culvert.lab.net.LabAvailability.Ready;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;

/** Finds out by trying. */
final class AvailabilityProbe {
  static final LabAvailability RESULT = probe();

  private AvailabilityProbe() {}

  private static LabAvailability probe() {
    String system = System.getProperty("os.name", "unknown");
    if (!system.equals("Linux")) {
      return new Impossible(
          "The NAT laboratory needs Linux, whose kernel is its routers, and this is %s: run it in a Linux virtual machine."
              .formatted(system));
    }
    Optional<String> missing =
        Tool.required().filter(tool -> tool.find().isEmpty()).map(Tool::missing).findFirst();
    return missing.<LabAvailability>map(Impossible::new).orElseGet(AvailabilityProbe::namespaces);
  }

  private static LabAvailability namespaces() {
    // The first process of a PID namespace takes all others with it, even when it is killed.
    return ProcessHandle.current().pid() == 1 ? here() : elsewhere();
  }

  private static LabAvailability here() {
    try (Namespace namespace = Namespace.create("probe")) {
      Inet4Address wan = Inet4Address.ofLiteral("203.0.113.1");
      namespace.nft(
          NatRuleset.of(
              NatKind.FULL_CONE, List.of(wan), Subnet.parse("192.168.1.0/24"), new Prefix(1), 1));
      namespace.nft(Lab.DISTANCE);
      return new Ready();
    } catch (LabException e) {
      return new Impossible(
          "The kernel refuses what the NAT laboratory is made of; load the modules nf_tables,"
              + " nft_nat and nft_ct, and allow this process CAP_SYS_ADMIN and CAP_NET_ADMIN. It"
              + " said: "
              + e.getMessage());
    }
  }

  private static LabAvailability elsewhere() {
    try {
      Command.run(Unshare.bare(Tool.IP.path(), "link", "set", "lo", "up"), "");
      return new InOwnProcess(
          "The NAT laboratory needs namespaces of its own: start this program through 'unshare "
              + String.join(" ", Unshare.FLAGS)
              + "', or through io.culvert.lab.net.LabProcess.");
    } catch (LabException e) {
      return new Impossible(
          "This system grants no user namespaces, which the NAT laboratory is made of: allow them"
              + " (sysctl kernel.unprivileged_userns_clone=1,"
              + " kernel.apparmor_restrict_unprivileged_userns=0, user.max_user_namespaces=10000)."
              + " It said: "
              + e.getMessage());
    }
  }
}
