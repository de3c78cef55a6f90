package io.culvert.lab.tcppunch;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import io.culvert.client.tcppunch.TcpPunchListener;
import io.culvert.lab.Arrivals;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A peer that is online, with all that happens to it in queues. */
final class Guest implements AutoCloseable, TcpPunchListener {
  static final Duration PATIENCE = Duration.ofSeconds(5);

  final BlockingQueue<String> invitations = new LinkedBlockingQueue<>();
  final Arrivals<Link> links = new Arrivals<>("link");
  private final Arrivals<CulvertException> failures = new Arrivals<>("failure");
  private final Arrivals<CulvertException> offline = new Arrivals<>("loss of the server");
  private final boolean accepts;
  private final TcpPunchClient client;

  private Guest(RendezvousAddress server, String id, boolean accepts) throws Exception {
    this.accepts = accepts;
    this.client = TcpPunchClient.online(server, id, this);
  }

  /** A peer that accepts every invitation. */
  static Guest online(RendezvousAddress server, String id) throws Exception {
    return new Guest(server, id, true);
  }

  /** A peer that accepts none. */
  static Guest shy(RendezvousAddress server, String id) throws Exception {
    return new Guest(server, id, false);
  }

  TcpPunchClient client() {
    return client;
  }

  Link invite(String peer) throws Exception {
    return client.invite(peer, PATIENCE);
  }

  /** The link that an invitation has led to, waiting for it. */
  Link link() throws InterruptedException {
    return links.next();
  }

  CulvertException failure() throws InterruptedException {
    return failures.next();
  }

  CulvertException offline() throws InterruptedException {
    return offline.next();
  }

  @Override
  public boolean onInvitation(String peer) {
    invitations.add(peer);
    return accepts;
  }

  @Override
  public void onLink(Link link) {
    links.add(link);
  }

  @Override
  public void onFailure(String peer, CulvertException why) {
    failures.add(why);
  }

  @Override
  public void onOffline(CulvertException why) {
    offline.add(why);
  }

  @Override
  public void close() {
    client.close();
  }
}
