package io.culvert.lab.scenario;

import static io.culvert.lab.net.NatKind.CLOSED;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.HttpProxy;
import io.culvert.client.Proxies;
import io.culvert.client.ServerAddress;
import io.culvert.client.tls.ServerTrust;
import io.culvert.lab.AccountServer;
import io.culvert.lab.meeting.Venue;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Router;
import java.util.Optional;

/** S41: an office whose only way out is a proxy that reads what it can. */
final class Inspection {
  private static final String PASSWORD = AccountServer.passwordOf("alice");

  private Inspection() {}

  /** Who knows the server is not deceived; who does not is, which shows what the proxy can do. */
  static String play(Venue venue) throws Exception {
    Router office = venue.lab().router("office", CLOSED);
    Host gate = venue.lab().host("gate");
    Host alice = office.host("alice");
    try (InspectingProxy proxy = InspectingProxy.start(gate, gate.connect(office.lan()))) {
      Proxies out =
          Proxies.by(
              new HttpProxy(
                  new ServerAddress(proxy.address().getHostString(), proxy.address().getPort()),
                  Optional.empty()));
      refused(venue, alice, new ServerTrust.Authorities(), out);
      String sentence = refused(venue, alice, new ServerTrust.Pinned(venue.fingerprint()), out);
      if (proxy.read().contains(PASSWORD)) {
        throw new UnexpectedException("The proxy has read the password.");
      }
      venue.alice(alice, new ServerTrust.FirstUse(), out);
      if (!proxy.read().contains(PASSWORD)) {
        throw new UnexpectedException("The proxy reads nothing of anybody.");
      }
      return sentence;
    }
  }

  private static String refused(Venue venue, Host alice, ServerTrust trust, Proxies out)
      throws Exception {
    try {
      venue.alice(alice, trust, out);
    } catch (CulvertException e) {
      String sentence = String.valueOf(e.getMessage());
      if (e.reason() == Reason.SERVER_NOT_TRUSTED && sentence.contains("have it let")) {
        return sentence;
      }
      throw e;
    }
    throw new UnexpectedException("The peer is online.");
  }
}
