package io.culvert.lab.load;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What the generator is to do.
 *
 * @param host the server's address
 * @param port the server's port
 * @param user of the long-term credentials
 * @param password of the same
 * @param pid the server's process, whose CPU time is read; 0 when it is not here
 * @param size bytes of the payload of a relayed packet, at least {@link Stamp#BYTES}
 * @param count how many, for {@link Load#SPOOFED} and {@link Load#HOLD}; for {@link Load#CYCLES},
 *     how many clients take turns
 * @param millis how long to measure, where no count says when to end; as long before that, the same
 *     load warms up what has to (a JVM must have met it to be as fast as it gets)
 */
public record LoadOrder(
    Load load,
    String host,
    int port,
    String user,
    String password,
    long pid,
    int size,
    int count,
    long millis) {

  /** An order for a server; what the load does not need is 0. */
  public static LoadOrder to(InetSocketAddress server, Load load) {
    return new LoadOrder(
        load, server.getAddress().getHostAddress(), server.getPort(), "", "", 0, 0, 0, 0);
  }

  public LoadOrder load(Load itsLoad) {
    return new LoadOrder(itsLoad, host, port, user, password, pid, size, count, millis);
  }

  public LoadOrder as(String itsUser, String itsPassword) {
    return new LoadOrder(load, host, port, itsUser, itsPassword, pid, size, count, millis);
  }

  public LoadOrder process(long itsPid) {
    return new LoadOrder(load, host, port, user, password, itsPid, size, count, millis);
  }

  public LoadOrder size(int bytes) {
    return new LoadOrder(load, host, port, user, password, pid, bytes, count, millis);
  }

  public LoadOrder count(int times) {
    return new LoadOrder(load, host, port, user, password, pid, size, times, millis);
  }

  public LoadOrder during(Duration time) {
    return new LoadOrder(load, host, port, user, password, pid, size, count, time.toMillis());
  }

  InetSocketAddress server() {
    return new InetSocketAddress(host, port);
  }
}
