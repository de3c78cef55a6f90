package io.culvert.lab.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Debian's tayga on a router of the lab: who has only IPv6 behind it reaches all of IPv4 at {@link
 * #address synthesized addresses} (RFC 6146), from which the router translates once more as its
 * kind says. It runs until the lab is closed.
 */
public final class Nat64 {
  private static final String PREFIX = "2001:db8:64::";
  private static final int PREFIX_BYTES = 12;
  private static final String POOL = "192.168.255.0/24";
  private static final String DEVICE = "nat64";

  private Nat64() {}

  /**
   * Starts it.
   *
   * @param router that speaks IPv6
   * @param folder for its files
   * @throws IOException when it cannot be started
   * @throws LabException when tayga is not installed
   */
  public static void start(Router router, Path folder) throws IOException, InterruptedException {
    Path settings = folder.resolve("tayga.conf");
    Files.writeString(
        settings,
        """
        tun-device %s
        ipv4-addr 192.168.255.1
        ipv6-addr %s
        prefix %s/96
        dynamic-pool %s
        data-dir %s
        """
            .formatted(
                DEVICE, Prefix.text(router.lan().prefix().address(0xffff)), PREFIX, POOL, folder));
    run(router, folder, "--mktun", "--config", settings.toString());
    router
        .namespace()
        .ip(
            "link set " + DEVICE + " up",
            "route add " + POOL + " dev " + DEVICE,
            "route add " + PREFIX + "/96 dev " + DEVICE);
    router.start(tayga(folder, "--nodetach", "--config", settings.toString()));
  }

  private static void run(Router router, Path folder, String... arguments)
      throws IOException, InterruptedException {
    Process process = router.start(tayga(folder, arguments));
    if (process.waitFor() != 0) {
      throw new IOException("tayga: " + Files.readString(folder.resolve("tayga.log"), UTF_8));
    }
  }

  private static ProcessBuilder tayga(Path folder, String... arguments) {
    ProcessBuilder builder = new ProcessBuilder(Tool.TAYGA.path());
    builder.command().addAll(List.of(arguments));
    return builder.redirectErrorStream(true).redirectOutput(folder.resolve("tayga.log").toFile());
  }

  /** Whether tayga is installed. */
  public static boolean isAvailable() {
    return Tool.TAYGA.find().isPresent();
  }

  /** Where an address of IPv4 is found behind such a router (RFC 6052 §2.2). */
  public static InetAddress address(Inet4Address address) {
    byte[] bytes =
        ByteBuffer.allocate(16)
            .put(Inet6Address.ofLiteral(PREFIX).getAddress(), 0, PREFIX_BYTES)
            .put(address.getAddress())
            .array();
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError("Sixteen bytes are an address.", e);
    }
  }
}
