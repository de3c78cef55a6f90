package io.culvert.lab.tcppunch;

import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import io.culvert.client.tcppunch.TcpPunchException;
import io.culvert.client.tcppunch.TcpPunchLink;
import io.culvert.client.tcppunch.TcpPunchListener;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A peer that is online, with all that happens to it in queues. */
final class Guest implements AutoCloseable, TcpPunchListener {
  static final Duration PATIENCE = Duration.ofSeconds(5);

  final BlockingQueue<String> invitations = new LinkedBlockingQueue<>();
  private final BlockingQueue<TcpPunchLink> links = new LinkedBlockingQueue<>();
  private final BlockingQueue<TcpPunchException> failures = new LinkedBlockingQueue<>();
  private final BlockingQueue<TcpPunchException> offline = new LinkedBlockingQueue<>();
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

  TcpPunchLink invite(String peer) throws Exception {
    return client.invite(peer, PATIENCE);
  }

  /** The link that an invitation has led to, waiting for it. */
  TcpPunchLink link() throws InterruptedException {
    return next(links, "link");
  }

  TcpPunchException failure() throws InterruptedException {
    return next(failures, "failure");
  }

  TcpPunchException offline() throws InterruptedException {
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
  public void onLink(TcpPunchLink link) {
    links.add(link);
  }

  @Override
  public void onFailure(String peer, TcpPunchException why) {
    failures.add(why);
  }

  @Override
  public void onOffline(TcpPunchException why) {
    offline.add(why);
  }

  @Override
  public void close() {
    client.close();
  }
}
