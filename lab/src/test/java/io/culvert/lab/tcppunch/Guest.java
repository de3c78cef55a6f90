package io.culvert.lab.tcppunch;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import io.culvert.client.tcppunch.TcpPunchListener;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A peer that is online, with all that happens to it in queues. */
final class Guest implements AutoCloseable, TcpPunchListener {
  static final Duration PATIENCE = Duration.ofSeconds(5);

  final BlockingQueue<String> invitations = new LinkedBlockingQueue<>();
  private final BlockingQueue<Link> links = new LinkedBlockingQueue<>();
  private final BlockingQueue<CulvertException> failures = new LinkedBlockingQueue<>();
  private final BlockingQueue<CulvertException> offline = new LinkedBlockingQueue<>();
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
    return next(links, "link");
  }

  CulvertException failure() throws InterruptedException {
    return next(failures, "failure");
  }

  CulvertException offline() throws InterruptedException {
    return next(offline, "loss of the server");
  }

  private static <T> T next(BlockingQueue<T> queue, String what) throws InterruptedException {
    T next = queue.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no " + what + " within 20 s");
    }
    return next;
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
