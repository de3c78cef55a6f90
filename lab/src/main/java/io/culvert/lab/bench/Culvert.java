package io.culvert.lab.bench;

import io.culvert.server.turn.auth.TimeLimited;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Our own server in a process of its own, on loopback. Any thread may close it. */
final class Culvert implements Subject {
  private static final String SECRET = "the secret of the bench";
  private static final List<String> SETTINGS =
      List.of(
          "turn.secrets=[\"" + SECRET + "\"]",
          "turn.allow-loopback-peers=true",
          // One user has all of them, as at coturn, where there is no limit.
          "turn.max-allocations-per-user=65536",
          "turn.drain-timeout=1s");

  private final BenchData data;
  private final ServerProcess server;
  private final String user;
  private InetSocketAddress address = new InetSocketAddress(0);

  private Culvert(BenchData data, ServerProcess server) {
    this.data = data;
    this.server = server;
    Instant tomorrow = InstantSource.system().instant().plus(Duration.ofDays(1));
    user = new TimeLimited(tomorrow, "bench").username();
  }

  /** Starts it; it may not listen yet. */
  static Culvert start(List<String> launcher) throws IOException {
    BenchData data = BenchData.create();
    return new Culvert(data, ServerProcess.start(data.directory(), launcher, SETTINGS));
  }

  @Override
  public void await() throws IOException {
    address = server.addresses().turn();
  }

  @Override
  public String name() {
    return "culvert";
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public String user() {
    return user;
  }

  /** The time-limited password that belongs to the user and the secret. */
  @Override
  public String password() {
    return TimeLimited.password(SECRET, user);
  }

  @Override
  public long pid() {
    return server.pid();
  }

  @Override
  public Memory memory() throws IOException {
    return server.memory();
  }

  @Override
  public void close() {
    server.close();
    data.close();
  }
}
