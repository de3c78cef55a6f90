package io.culvert.lab.meeting;

import io.culvert.client.Proxies;
import io.culvert.client.ServerAddress;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.HttpProxy;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import java.io.IOException;
import java.util.Optional;

/**
 * An office whose only way out is an HTTP proxy that wants to know who goes out, and leads to TCP
 * ports 443 only.
 */
public record Office(Router router, HttpProxy proxy) {
  private static final String USER = "clerk";
  private static final String PASSWORD = "secret";

  /**
   * Builds it.
   *
   * @throws io.culvert.lab.net.LabException when tinyproxy is not installed
   */
  public static Office open(Lab lab) throws IOException {
    Router router = lab.router("office", NatKind.CLOSED);
    Host gate = lab.host("gate");
    return new Office(router, HttpProxy.start(gate, gate.connect(router.lan()), USER, PASSWORD));
  }

  /** A machine in there. */
  public Host desk(String name) {
    return router.host(name);
  }

  /** The way out. */
  public Proxies wayOut() {
    return wayOut(PASSWORD);
  }

  /** The same with another password. */
  public Proxies wayOut(String password) {
    return Proxies.by(
        new io.culvert.client.HttpProxy(address(), Optional.of(USER + ":" + password)));
  }

  /** Where the proxy listens. */
  public ServerAddress address() {
    return new ServerAddress(proxy.address().getHostString(), proxy.address().getPort());
  }
}
