package io.culvert.lab.meeting;

import io.culvert.client.flow.Credential;
import io.culvert.client.flow.FlowLogin;
import io.culvert.lab.ChildJvm;
import io.culvert.lab.net.Host;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A peer in a process of its own, on a machine of a laboratory. Unlike one that shares this JVM it
 * sees the machine's addresses of IPv6, which the JDK reads in the network of its process; it can
 * be put to sleep, and can have another time of day. One thread gives orders; any may close it.
 */
public final class SeparatePeer implements AutoCloseable {
  /** Two processors for so few threads: what is compiled later is not worth its time. */
  private static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xmx128m");

  /** Debian's libfaketime, in the folder of the architecture. */
  private static final String FAKE_TIME = "faketime/libfaketimeMT.so.1";

  private static final java.nio.file.Path LIBRARIES = java.nio.file.Path.of("/usr/lib");

  /**
   * What is special about it.
   *
   * @param server what the name of the server stands for; one that resolves no names has the name
   * @param clockAhead how far its clock is ahead of the right time; may be negative
   */
  public record Circumstances(List<InetAddress> server, Duration clockAhead) {
    /** The right time. */
    public Circumstances(List<InetAddress> server) {
      this(server, Duration.ZERO);
    }
  }

  /** What it takes at the moment, for people as {@link #text}. */
  public record Way(Path kind, String text) {}

  private final ChildJvm jvm;
  private final java.nio.file.Path log;

  private SeparatePeer(ChildJvm jvm, java.nio.file.Path log) {
    this.jvm = jvm;
    this.log = log;
  }

  /**
   * Starts it; {@link #awaitOnline} says what has come of that.
   *
   * @param directory of its files
   */
  static SeparatePeer start(
      Host host, FlowLogin login, java.nio.file.Path directory, Circumstances circumstances)
      throws IOException {
    java.nio.file.Path names = directory.resolve("hosts");
    Files.write(
        names,
        circumstances.server().stream()
            .map(address -> address.getHostAddress() + " " + login.server().host())
            .toList());
    java.nio.file.Path log = directory.resolve("log");
    List<String> flags =
        Stream.concat(QUICK_START.stream(), Stream.of("-Djdk.net.hosts.file=" + names)).toList();
    if (!(login.credential() instanceof Credential.Password(String password))) {
      throw new IllegalArgumentException("a separate peer logs in with a password");
    }
    return new SeparatePeer(
        ChildJvm.start(
            host::start,
            flags,
            environment(circumstances.clockAhead()),
            Redirect.to(log.toFile()),
            PeerProcess.class,
            List.of(
                login.server().host(),
                Integer.toString(login.server().port()),
                login.account(),
                password,
                directory.toString())),
        log);
  }

  /**
   * Only if all clocks of a process are changed alike does the JVM still wait as long as it is to.
   */
  private static Map<String, String> environment(Duration clockAhead) throws IOException {
    return clockAhead.isZero()
        ? Map.of()
        : Map.of("LD_PRELOAD", fakeTime(), "FAKETIME", "%+ds".formatted(clockAhead.toSeconds()));
  }

  private static String fakeTime() throws IOException {
    try (DirectoryStream<java.nio.file.Path> folders = Files.newDirectoryStream(LIBRARIES)) {
      for (java.nio.file.Path folder : folders) {
        java.nio.file.Path library = folder.resolve(FAKE_TIME);
        if (Files.isReadable(library)) {
          return library.toString();
        }
      }
    }
    throw new IOException("Nobody can have another time without it: apt-get install libfaketime.");
  }

  /** Waits until it is online. */
  void awaitOnline() throws IOException {
    answer();
  }

  /**
   * Connects to another one.
   *
   * @throws IOException when there is no connection to be had; the message says why
   */
  public void connect(String account) throws IOException {
    ask(PeerProcess.CONNECT + " " + account);
  }

  /** Waits for somebody to connect. */
  public void accept() throws IOException {
    ask(PeerProcess.ACCEPT);
  }

  /** Sends so many bytes on a stream of their own, and returns their SHA-256. */
  public String send(int bytes) throws IOException {
    return ask(PeerProcess.SEND + " " + bytes);
  }

  /** What a stream has brought. */
  public record Received(long bytes, String sha256) {}

  /** Waits for the end of the next stream that the other one opens. */
  public Received receive() throws IOException {
    String[] words = ask(PeerProcess.RECEIVE).split(" ", 2);
    return new Received(Long.parseLong(words[0]), words[1]);
  }

  /** The way that is taken; empty while there is none. */
  public Optional<Way> path() throws IOException {
    String[] kindAndText = ask(PeerProcess.PATH).split(" ", 2);
    return kindAndText.length < 2
        ? Optional.empty()
        : Optional.of(new Way(Path.valueOf(kindAndText[0]), kindAndText[1]));
  }

  /** Why that way, for people. */
  public String why() throws IOException {
    return ask(PeerProcess.WHY);
  }

  /** What it believes the time to be, in whole seconds. */
  public Instant time() throws IOException {
    return Instant.ofEpochSecond(Long.parseLong(ask(PeerProcess.TIME)));
  }

  /** From now on it does nothing and learns of nothing, not even that time passes. */
  public void sleep() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** It goes on where it was. */
  public void wake() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(name, jvm.pid()))
            .inheritIO()
            .start();
    if (kill.waitFor() != 0) {
      throw new IOException("The process of the peer cannot be sent SIG%s.".formatted(name));
    }
  }

  private String ask(String order) throws IOException {
    jvm.say(order);
    return answer();
  }

  private String answer() throws IOException {
    String line = jvm.hear();
    if (line == null) {
      throw new IOException("The process of the peer has ended: " + lastWords());
    }
    if (line.startsWith(PeerProcess.NO)) {
      throw new IOException(line.substring(PeerProcess.NO.length()).strip());
    }
    return line.substring(PeerProcess.OK.length()).strip();
  }

  private String lastWords() throws IOException {
    return Files.readAllLines(log).stream()
        .filter(logged -> !logged.startsWith("\tat "))
        .collect(Collectors.joining(" "));
  }

  /** Ends it; kills it when that takes more than five seconds. */
  @Override
  public void close() {
    jvm.close();
  }
}
