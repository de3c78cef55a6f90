package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.cli.Events.Field;
import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.traversal.Path;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;

/** The events that all commands have which connect to a peer. */
final class Reports {
  private Reports() {}

  /** There is a connection; from now on its moves to other paths are told, too. */
  static void connected(Events events, Link link, Duration took) {
    String path = nameOf(link.path());
    String remote = remote(link);
    String transport = link.kind() == Link.Kind.DATAGRAMS ? "udp" : "tcp";
    events.tell(
        "connected",
        "connected to %s at %s (%s path, %s, %d ms, not end-to-end encrypted)"
            .formatted(
                link.peer(), remote, path, transport.toUpperCase(Locale.ROOT), took.toMillis()),
        field("peer", link.peer()),
        field("path", path),
        field("remote", remote),
        field("transport", transport),
        field("ms", took.toMillis()));
    link.whenMoved(to -> moved(events, link, to));
  }

  private static void moved(Events events, Link link, Path to) {
    events.tell(
        "path",
        "%s is now at %s (%s path)".formatted(link.peer(), remote(link), nameOf(to)),
        field("peer", link.peer()),
        field("path", nameOf(to)),
        field("remote", remote(link)));
  }

  private static String remote(Link link) {
    return link.remote().getAddress().getHostAddress() + ":" + link.remote().getPort();
  }

  private static String nameOf(Path path) {
    return path.name().toLowerCase(Locale.ROOT);
  }

  /** Only datagrams get through, and why. */
  static void onlyDatagrams(Events events, String why) {
    events.tell(
        "tcp-failed",
        "No TCP: %s Datagrams get through, but some of them may get lost.".formatted(why),
        field("message", "No TCP: " + why));
  }

  static void failed(Events events, CulvertException why) {
    failed(events, why, new Field[0]);
  }

  static void failed(Events events, String peer, CulvertException why) {
    failed(events, why, field("peer", peer));
  }

  /** Tells that there is no such server, and returns the exit code. */
  static int unknownHost(Events events, UnknownHostException why) {
    failed(
        events,
        new CulvertException(
            CulvertException.Reason.SERVER_UNREACHABLE, "The host " + why.getMessage() + "."));
    return Culvert.DID_NOT_WORK;
  }

  private static void failed(Events events, CulvertException why, Field... about) {
    Field[] fields = java.util.Arrays.copyOf(about, about.length + 2);
    fields[about.length] = field("reason", nameOf(why.reason()));
    fields[about.length + 1] = field("message", String.valueOf(why.getMessage()));
    events.tell("failed", "failed: " + why.getMessage(), fields);
  }

  private static String nameOf(CulvertException.Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
