package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallDataCodec;
import io.culvert.wire.flow.FlowMessage.Relay;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An account that is online, and what peers say to it, for whoever makes something else of that
 * than calls; not for applications. Confined to the loop, but where a method says otherwise.
 */
public final class Signals {
  /** Who is told what happens, on the loop. */
  public interface Observer {
    /** A call, its answer, or more to one of them. */
    void offered(Offer offer);

    /** It is over, or does not come about. */
    void ended(End end);

    /** Whom that call was for is not online. */
    void undelivered(long sessionId);

    /** It is offline; it is tried again. */
    void offline(CulvertException why);

    /** It is online again. */
    void online();

    /** It stays offline. */
    void ended(CulvertException why);
  }

  private final ClientLoop loop;
  private final Presence presence;
  private final Observer observer;

  /** Not online yet. Any thread may call this. */
  public Signals(ClientLoop loop, FlowLogin login, Observer observer) {
    this.loop = loop;
    this.observer = observer;
    this.presence = new Presence(loop, login, new Incoming());
  }

  /** Goes online; the future ends with that, or with a {@link CulvertException}. */
  public CompletableFuture<Void> start() {
    return presence.start().thenApply(_ -> null);
  }

  /** The account's name as the server writes it. */
  public String account() {
    return presence.account().name();
  }

  /** What is known of the account server; only when there was a login. Any thread may ask. */
  public ServerSecurity serverSecurity() {
    return presence.account().session().security();
  }

  /** Who may be asked for the reflexive address. */
  public CompletableFuture<List<InetSocketAddress>> stunServers() {
    Account account = presence.account();
    return account.stunServer().handle((_, _) -> StunServers.ofPeer(account));
  }

  /** The relay that this account may use, if there is one. */
  public CompletableFuture<Optional<RelayedPort.Access>> relay() {
    Account account = presence.account();
    return account.stunServer().thenApply(_ -> StunServers.relayOfPeer(account));
  }

  /** The same from now on: the server may want other credentials than it has wanted. */
  public CompletableFuture<Optional<RelayedPort.Access>> freshRelay() {
    return presence.renew().thenCompose(_ -> relay());
  }

  /** Tells a peer; false when that is not possible at the moment. */
  public boolean tell(CallData data) {
    return presence.tell(data);
  }

  /** Our address is another one: connects to the server again. */
  public void moved() {
    presence.moved();
  }

  /** The network is another one, or we have slept: makes sure that there is a connection. */
  public void networkChanged() {
    presence.networkChanged();
  }

  /** Goes offline. */
  public void close() {
    presence.close();
    loop.close();
  }

  private final class Incoming implements Presence.Observer {
    @Override
    public void signalled(Relay signal) {
      CallData data;
      try {
        data = CallDataCodec.decode(signal);
      } catch (MalformedMessageException e) {
        return; // what makes no sense is ignored
      }
      switch (data) {
        case Offer offer -> observer.offered(offer);
        case End end -> observer.ended(end);
      }
    }

    @Override
    public void signalFailed(Relay.Kind kind, long sessionId) {
      if (kind == Relay.Kind.CALL) {
        observer.undelivered(sessionId);
      }
    }

    @Override
    public void onlineAgain() {
      observer.online();
    }

    @Override
    public void offline(CulvertException why) {
      observer.offline(why);
    }

    @Override
    public void ended(CulvertException why) {
      observer.ended(why);
    }
  }
}
