package io.culvert.client.tcppunch;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.client.net.ClientLoop;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.tcppunch.TcpPunchMessage;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer of the {@code tcppunch} protocol: it is online under a name, and meets other peers.
 *
 * <pre>{@code
 * RendezvousAddress server = RendezvousAddress.parse("rendezvous.example");
 * try (TcpPunchClient alice = TcpPunchClient.online(server, "alice");
 *     Link bob = alice.invite("bob", Duration.ofSeconds(30))) {
 *   bob.send("hello".getBytes(UTF_8));
 *   System.out.println(new String(bob.receive(), UTF_8));
 * }
 * }</pre>
 *
 * Thread-safe. Owns one daemon thread, which lives until the client and all its links are closed.
 */
public final class TcpPunchClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TcpPunchClient.class);
  private static final Duration SERVER_ANSWER = Duration.ofSeconds(10);

  /**
   * How long an invitation that was not accepted can still be answered by inviting its sender, and
   * one that was is known when it comes again.
   */
  private static final Duration INVITATION_LIFE = Duration.ofSeconds(20);

  private static final int MAX_REMEMBERED_INVITATIONS = 64;
  private static final int MAX_INVITED_ATTEMPTS = 16;

  private final RendezvousAddress server;
  private final String id;
  private final TcpPunchListener listener;
  private final ClientLoop clientLoop = new ClientLoop("culvert-tcppunch-client");
  private final EventLoop loop = clientLoop.loop();
  private final MainConnection main;
  // What follows is confined to the event loop.
  private final Map<String, PunchAttempt> inviting = new HashMap<>();
  private final Map<String, PunchAttempt> invited = new HashMap<>();
  private final Map<String, Introduction> openInvitations = new LinkedHashMap<>();
  private final Map<String, Introduction> answeredInvitations = new LinkedHashMap<>();
  private boolean closed;

  private TcpPunchClient(RendezvousAddress server, String id, TcpPunchListener listener) {
    this.server = server;
    this.id = TcpPunchMessage.requireId(id);
    this.listener = listener;
    this.main = new MainConnection(loop, server, id, this::introduced, this::offline);
  }

  /**
   * Goes online and declines all invitations.
   *
   * @see #online(RendezvousAddress, String, TcpPunchListener)
   */
  public static TcpPunchClient online(RendezvousAddress server, String id)
      throws CulvertException, InterruptedException {
    return online(server, id, TcpPunchListener.NOBODY);
  }

  /**
   * Goes online, waiting at most about 10 s for the server.
   *
   * @param id the name to be known by, 1 to 255 bytes of UTF-8
   * @throws CulvertException when the server cannot be reached, or the name is taken
   * @throws IllegalArgumentException when the name is too short or too long
   */
  public static TcpPunchClient online(
      RendezvousAddress server, String id, TcpPunchListener listener)
      throws CulvertException, InterruptedException {
    TcpPunchClient client = new TcpPunchClient(server, id, listener);
    try {
      await(client.main.goOnline(SERVER_ANSWER));
      return client;
    } catch (CulvertException | InterruptedException e) {
      client.close();
      throw e;
    }
  }

  /**
   * Whether that can be a name.
   *
   * @throws IllegalArgumentException when it is empty, longer than 255 bytes of UTF-8, or no text
   */
  public static void checkName(String name) {
    TcpPunchMessage.requireId(name);
  }

  /** The name this peer is known by. */
  public String id() {
    return id;
  }

  /**
   * Invites a peer and punches a connection through to it. An invitation from that peer which is
   * still open is answered instead; when both invite each other at the same moment, both get the
   * same one link.
   *
   * <p>An interrupt ends the waiting; a link that comes of the attempt later is closed.
   *
   * @param patience how long the peer may take to accept; the punch itself takes up to 15 s more
   * @throws CulvertException when no link comes of it
   * @throws IllegalArgumentException when {@code peer} is no name
   */
  public Link invite(String peer, Duration patience) throws CulvertException, InterruptedException {
    CompletableFuture<Link> link = inviteAsync(peer, patience);
    try {
      return await(link);
    } catch (InterruptedException e) {
      link.cancel(false);
      throw e;
    }
  }

  /**
   * The same without waiting. The future ends with a link or a {@link CulvertException}, on the
   * client's event loop: what depends on it must not block there. A link that comes after the
   * future was cancelled is closed.
   *
   * @throws IllegalArgumentException when {@code peer} is no name
   */
  public CompletableFuture<Link> inviteAsync(String peer, Duration patience) {
    TcpPunchMessage.requireId(peer);
    CompletableFuture<Link> result = new CompletableFuture<>();
    try {
      loop.execute(() -> invite(peer, patience, result));
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(closedMeanwhile());
    }
    return result;
  }

  /** Goes offline. Attempts end; links live on until they are closed themselves. */
  @Override
  public void close() {
    if (!loop.isShuttingDown()) {
      loop.execute(this::closeInLoop);
    }
  }

  private void invite(String peer, Duration patience, CompletableFuture<Link> result) {
    PunchAttempt attempt = invited.get(peer);
    Introduction invitation = openInvitations.remove(peer);
    if (closed) {
      result.completeExceptionally(closedMeanwhile());
      return;
    } else if (!main.isOnline()) {
      result.completeExceptionally(
          new CulvertException(
              Reason.SERVER_LOST, "The connection to the server " + server + " is lost."));
      return;
    } else if (inviting.containsKey(peer)) {
      attempt = inviting.get(peer);
    } else if (attempt == null && invitation != null) {
      attempt = accept(invitation);
    } else if (attempt == null) {
      attempt = new PunchAttempt(loop, Role.INVITER, id, peer);
      begin(attempt, inviting, patience);
    }
    handOver(attempt, result);
  }

  private void handOver(PunchAttempt attempt, CompletableFuture<Link> result) {
    attempt
        .result()
        .whenComplete((link, why) -> {
          boolean taken = why == null ? result.complete(link) : result.completeExceptionally(why);
          if (!taken && link != null) {
            link.abort();
          }
        });
  }

  private void introduced(Introduction introduction) {
    switch (introduction.kind()) {
      case INVITE -> invitation(introduction);
      case ACCEPT -> {
        PunchAttempt attempt = inviting.get(introduction.peerId());
        if (attempt != null && attempt.expectsAnswer()) {
          attempt.meet(introduction);
        }
      }
    }
  }

  private void invitation(Introduction invitation) {
    String peer = invitation.peerId();
    PunchAttempt ours = inviting.get(peer);
    if (ours != null && ours.awaitsIntroduction()) {
      // Both invite each other: the invitation of the lesser name stands, on both sides.
      if (isLess(peer, id)) {
        inviting.remove(peer);
        ours.yieldTo(accept(invitation));
      }
    } else if (invitation.equals(answeredInvitations.get(peer)) || tooManyAttempts(peer)) {
      return;
    } else if (wantsToMeet(peer)) {
      accept(invitation).result().whenComplete((link, why) -> tellListener(peer, link, why));
    } else {
      remember(invitation, openInvitations);
    }
  }

  private boolean wantsToMeet(String peer) {
    try {
      return listener.onInvitation(peer);
    } catch (RuntimeException e) {
      log.error("The listener of {} failed; the invitation of {} is declined.", id, peer, e);
      return false;
    }
  }

  private void tellListener(String peer, @Nullable Link link, @Nullable Throwable why) {
    try {
      if (link != null) {
        listener.onLink(link);
      } else if (why instanceof CulvertException e && e.reason() != Reason.CLOSED) {
        listener.onFailure(peer, e);
      }
    } catch (RuntimeException e) {
      log.error("The listener of {} failed; what it was told of {} is lost.", id, peer, e);
      if (link != null) {
        link.abort();
      }
    }
  }

  private boolean tooManyAttempts(String peer) {
    return invited.size() >= MAX_INVITED_ATTEMPTS && !invited.containsKey(peer);
  }

  private void remember(Introduction invitation, Map<String, Introduction> invitations) {
    invitations.put(invitation.peerId(), invitation);
    if (invitations.size() > MAX_REMEMBERED_INVITATIONS) {
      invitations.remove(invitations.keySet().iterator().next());
    }
    loop.schedule(
        () -> invitations.remove(invitation.peerId(), invitation),
        INVITATION_LIFE.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private PunchAttempt accept(Introduction invitation) {
    remember(invitation, answeredInvitations);
    PunchAttempt attempt = new PunchAttempt(loop, Role.CALLEE, id, invitation.peerId());
    attempt.meet(invitation);
    PunchAttempt older = invited.remove(invitation.peerId());
    if (older != null) {
      older.cancel(new CulvertException(Reason.NOT_PUNCHED, attempt.peer() + " has started anew."));
    }
    begin(attempt, invited, SERVER_ANSWER);
    return attempt;
  }

  private void begin(PunchAttempt attempt, Map<String, PunchAttempt> attempts, Duration patience) {
    attempts.put(attempt.peer(), attempt);
    attempt
        .result()
        .whenComplete((link, why) -> {
          attempts.remove(attempt.peer(), attempt);
          if (link != null) {
            clientLoop.linkOpened();
            link.whenClosed(clientLoop::linkClosed);
          }
        });
    attempt.start(server, main.sessionId(), patience);
  }

  private void offline(CulvertException why) {
    List.copyOf(inviting.values()).stream()
        .filter(PunchAttempt::awaitsIntroduction)
        .forEach(attempt -> attempt.cancel(why));
    if (!closed) {
      listener.onOffline(why);
    }
  }

  private void closeInLoop() {
    if (closed) {
      return;
    }
    closed = true;
    main.close();
    List.copyOf(inviting.values()).forEach(attempt -> attempt.cancel(closedMeanwhile()));
    List.copyOf(invited.values()).forEach(attempt -> attempt.cancel(closedMeanwhile()));
    clientLoop.close();
  }

  private static boolean isLess(String one, String other) {
    return Arrays.compareUnsigned(
            one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8))
        < 0;
  }

  private static CulvertException closedMeanwhile() {
    return new CulvertException(Reason.CLOSED, "This peer was closed meanwhile.");
  }

  private static <T> T await(CompletableFuture<T> future)
      throws CulvertException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CulvertException why) {
        throw why;
      }
      throw new IllegalStateException("a punch ends in a link or a CulvertException", e);
    }
  }
}
