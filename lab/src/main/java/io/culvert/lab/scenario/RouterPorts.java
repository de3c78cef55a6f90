package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.PORT_RESTRICTED;
import static io.culvert.lab.net.NatKind.SYMMETRIC;

import io.culvert.lab.ScratchFolder;
import io.culvert.lab.meeting.Meeting;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Miniupnpd;
import io.culvert.lab.net.Router;
import io.culvert.traversal.portmap.Means;
import java.time.Duration;
import java.util.Optional;

/** S48 and S49: routers that open ports when they are asked to. */
final class RouterPorts {
  private static final Duration GLANCE = Duration.ofMillis(20);

  /** RFC 6887 begins with its version; drops what begins so. */
  private static final String NO_PCP =
      """
      table inet nopcp {
        chain input {
          type filter hook input priority filter;
          udp dport 5351 @th,64,8 2 drop
        }
      }
      """;

  private RouterPorts() {}

  /** Both routers are symmetric, and the caller's opens ports in one way. */
  static Play openedBy(Means means) {
    return venue -> {
      Router provider = provider(venue);
      String server = venue.serverHost().connect(provider.lan()).address().getHostAddress();
      Router home = customer(venue, provider, "home", server);
      Router bobs = customer(venue, provider, "bob-router", server);
      try (ScratchFolder folder = ScratchFolder.make();
          Miniupnpd gateway =
              Miniupnpd.start(
                  home, folder.path(), means == Means.UPNP ? "enable_natpmp=no" : Miniupnpd.PCP)) {
        if (means == Means.NAT_PMP) {
          gateway.nft(NO_PCP);
        }
        return Plays.meet(
            venue,
            home.host("alice"),
            bobs.host("bob"),
            meeting ->
                Plays.direct(meeting, Plays.SOON)
                    + "; "
                    + noted(meeting, "gives us a port by %s:".formatted(means)));
      }
    };
  }

  /** The caller's router opens ports, but the provider's before it translates once more. */
  static String uselessOnes(Venue venue) throws Exception {
    Router home = provider(venue).router("home", PORT_RESTRICTED);
    try (ScratchFolder folder = ScratchFolder.make();
        Miniupnpd gateway = Miniupnpd.start(home, folder.path(), Miniupnpd.PCP)) {
      return Plays.meet(
          venue,
          home.host("alice"),
          Plays.behind(venue, "bob", PORT_RESTRICTED),
          meeting ->
              Plays.direct(meeting, Plays.SOON)
                  + "; "
                  + noted(meeting, "it is itself behind a NAT."));
    }
  }

  private static Router provider(Venue venue) {
    return venue.lab().router("provider", PORT_RESTRICTED, Miniupnpd.PUBLIC_LAN);
  }

  /**
   * A symmetric router whose outer address is the one that the server sees, because the server is
   * in the same network.
   */
  private static Router customer(Venue venue, Router provider, String name, String via)
      throws Exception {
    Router router = provider.router(name, SYMMETRIC);
    String server = venue.serverHost().address().getHostAddress();
    Topologies.run(router, "", "ip", "route", "add", server, "via", via);
    return router;
  }

  /** What alice is told of her router is to be that. */
  private static String noted(Meeting meeting, String words) throws Exception {
    long start = System.nanoTime();
    while (true) {
      Optional<String> note =
          meeting.toBob().why().notes().stream().filter(each -> each.contains(words)).findFirst();
      if (note.isPresent()) {
        return note.get();
      }
      if (System.nanoTime() - start > Plays.SOON.toNanos()) {
        throw new UnexpectedException(
            "Nothing is told that contains '%s', but: %s"
                .formatted(words, String.join(" ", meeting.toBob().why().notes())));
      }
      Thread.sleep(GLANCE);
    }
  }
}
