package io.culvert.lab.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Debian's miniupnpd on a router of the lab: a gateway that opens ports by UPnP, as many at home
 * do, and by NAT-PMP and PCP when its settings say so ({@link #PCP}). It runs until it is closed,
 * or the lab is.
 *
 * <p>It works only where the router's outer address is a public one, which those of the lab's
 * internet are not for it. So the router is to stand in the LAN of another one that has such
 * addresses:
 *
 * <pre>{@code
 * Router provider = lab.router("provider", NatKind.PORT_RESTRICTED, Miniupnpd.PUBLIC_LAN);
 * Router home = provider.router("home", NatKind.SYMMETRIC);
 * try (Miniupnpd gateway = Miniupnpd.start(home, folder, Miniupnpd.PCP)) { … }
 * }</pre>
 *
 * <p>One thread at a time.
 */
public final class Miniupnpd implements AutoCloseable {
  /** Addresses that it takes for public ones. */
  public static final String PUBLIC_LAN = "45.67.89.0/24";

  /** The setting for PCP, and for NAT-PMP. */
  public static final String PCP = "enable_natpmp=yes";

  /** The chains that it fills; the router's own firewall lets pass what is redirected here. */
  private static final String CHAINS =
      """
      table inet miniupnpd {
        chain forward {
          type filter hook forward priority filter - 10; policy accept;
          jump miniupnpd
        }
        chain miniupnpd {
        }
        chain prerouting {
          type nat hook prerouting priority dstnat - 10; policy accept;
          jump prerouting_miniupnpd
        }
        chain prerouting_miniupnpd {
        }
        chain postrouting {
          type nat hook postrouting priority srcnat + 10; policy accept;
          jump postrouting_miniupnpd
        }
        chain postrouting_miniupnpd {
        }
      }
      """;

  private final Router router;
  private final Path folder;
  private final String settings;
  private Process process;

  private Miniupnpd(Router router, Path folder, String settings)
      throws IOException, InterruptedException {
    this.router = router;
    this.folder = folder;
    this.settings = settings;
    nft(CHAINS);
    process = run();
  }

  /** Whether miniupnpd is installed. */
  public static boolean isAvailable() {
    return Tool.MINIUPNPD.find().isPresent();
  }

  /**
   * Starts it.
   *
   * @param folder of its own, for its configuration and its log
   * @param settings lines of its configuration, beside those that it needs
   * @throws IOException when it cannot be started
   * @throws LabException when it is not installed
   */
  public static Miniupnpd start(Router router, Path folder, String... settings)
      throws IOException, InterruptedException {
    return new Miniupnpd(router, folder, String.join("\n", settings));
  }

  private Process run() throws IOException {
    Path configuration = folder.resolve("miniupnpd.conf");
    Files.writeString(
        configuration,
        """
        ext_ifname=wan
        listening_ip=lan
        http_port=0
        system_uptime=no
        secure_mode=yes
        uuid=00000000-0000-4000-8000-000000000001
        upnp_table_name=miniupnpd
        upnp_nat_table_name=miniupnpd
        upnp_forward_chain=miniupnpd
        upnp_nat_chain=prerouting_miniupnpd
        upnp_nat_postrouting_chain=postrouting_miniupnpd
        allow 1024-65535 0.0.0.0/0 1024-65535
        %s
        """
            .formatted(settings));
    return router.start(
        new ProcessBuilder(
                Tool.MINIUPNPD.path(),
                "-d",
                "-f",
                configuration.toString(),
                "-P",
                folder.resolve("pid").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile())));
  }

  /** Ends it and starts it again: it has forgotten everything. */
  public void restart() throws IOException, InterruptedException {
    stop();
    nft(
        """
        flush chain inet miniupnpd miniupnpd
        flush chain inet miniupnpd prerouting_miniupnpd
        flush chain inet miniupnpd postrouting_miniupnpd
        """);
    process = run();
  }

  /** What it redirects, as the kernel knows it. */
  public String redirections() throws IOException, InterruptedException {
    return nft("list chain inet miniupnpd prerouting_miniupnpd\n");
  }

  /** How often it has been asked by PCP for a port. */
  public long requestsForPorts() throws IOException {
    try (Stream<String> lines = Files.lines(log(), ISO_8859_1)) {
      return lines.filter(line -> line.contains("PCP MAP: ")).count();
    }
  }

  private Path log() {
    return folder.resolve("log");
  }

  /** Runs commands of nft on the router; returns what it prints. */
  public String nft(String commands) throws IOException, InterruptedException {
    Process nft = router.start(new ProcessBuilder("nft", "-f", "-").redirectErrorStream(true));
    try (var in = nft.outputWriter()) {
      in.write(commands);
    }
    String printed = new String(nft.getInputStream().readAllBytes(), ISO_8859_1);
    if (nft.waitFor() != 0) {
      throw new IOException("nft: " + printed);
    }
    return printed;
  }

  private void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() throws InterruptedException {
    stop();
  }
}
