package io.culvert.lab.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * An HTTP proxy on a host of the lab, as strict offices have it: CONNECT leads to TCP ports 443
 * only, and who wants anything proves who he is, with basic authentication (RFC 7617). It is
 * Debian's tinyproxy, and runs until the lab closes.
 *
 * <p>A host on the internet with a further interface in the LAN of a {@link NatKind#CLOSED} router
 * is the only way out for those in there:
 *
 * <pre>{@code
 * Router office = lab.router("office", NatKind.CLOSED);
 * Host gate = lab.host("gate");
 * HttpProxy proxy = HttpProxy.start(gate, gate.connect(office.lan()), "alice", "secret");
 * }</pre>
 *
 * @param address where it listens
 */
public record HttpProxy(InetSocketAddress address) {
  private static final int PORT = 3128;
  private static final String READY = "Accepting connections";
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  /** Whether tinyproxy is installed. */
  public static boolean isAvailable() {
    return Tool.TINYPROXY.find().isPresent();
  }

  /**
   * Starts it and waits until it listens.
   *
   * @param inside the interface of the host at whose address it listens
   * @param user letters, digits, {@code . _ -}
   * @param password of the same
   * @throws IOException when no process can be started
   * @throws LabException when it is not installed, or ends at once: with what it said
   */
  public static HttpProxy start(Host host, Interface inside, String user, String password)
      throws IOException {
    if (!WORD.matcher(user).matches() || !WORD.matcher(password).matches()) {
      throw new IllegalArgumentException(
          "User and password of a proxy are words of letters, digits and '._-'.");
    }
    // From stdin, so that nothing is left behind.
    Process process =
        host.start(
            new ProcessBuilder(Tool.TINYPROXY.path(), "-d", "-c", "/dev/stdin")
                .redirectErrorStream(true));
    try (Writer configuration = process.outputWriter(UTF_8)) {
      configuration.write(
          """
          Listen %s
          Port %d
          Timeout 600
          MaxClients 100
          LogLevel Info
          BasicAuth %s %s
          ConnectPort 443
          """
              .formatted(inside.address().getHostAddress(), PORT, user, password));
    }
    awaitReady(process.inputReader(UTF_8));
    return new HttpProxy(new InetSocketAddress(inside.address(), PORT));
  }

  private static void awaitReady(BufferedReader output) throws IOException {
    List<String> said = new ArrayList<>();
    do {
      String line = output.readLine();
      if (line == null) {
        throw new LabException("The proxy has ended:\n" + String.join("\n", said));
      }
      said.add(line);
    } while (!said.getLast().contains(READY));
    // Or else it waits some day, for the room to write its log to.
    Thread.ofPlatform().daemon().name("proxy-log").start(() -> discard(output));
  }

  private static void discard(BufferedReader output) {
    try (output) {
      output.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      // Closed by who has killed it, with its lab.
      Thread.currentThread().setName("proxy-log-ended");
    }
  }
}
