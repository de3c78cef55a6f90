package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.Backoff;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.ServerDialer;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.netty.util.concurrent.Future;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an account online: logs in, connects, and does so again whenever that is lost. Confined to
 * the event loop, except for {@link #account}.
 */
final class Presence {
  /** A refusal may be the trouble of a moment: the protocol does not tell one from the other. */
  private static final int REFUSALS = 3;

  /** Who is told what becomes of it. */
  interface Observer {
    void signalled(Relay signal);

    void signalFailed(Relay.Kind kind, long sessionId);

    void onlineAgain();

    /** It is tried again. */
    void offline(CulvertException why);

    /** It is not tried again. */
    void ended(CulvertException why);
  }

  private final ClientLoop loop;
  private final FlowLogin login;
  private final Logins logins;
  private final Observer observer;
  private final Backoff backoff = new Backoff();
  private final CompletableFuture<Account> first = new CompletableFuture<>();
  private volatile @Nullable Account account;
  private @Nullable SignalConnection connection;
  private @Nullable Future<?> nextAttempt;
  private boolean logInFirst;
  private int refusals;
  private int attempts;
  private @Nullable Reason offlineBecause;
  private boolean closed;

  Presence(ClientLoop loop, FlowLogin login, Observer observer) {
    this.loop = loop;
    this.login = login;
    this.logins = new Logins(loop, login);
    this.observer = observer;
  }

  /** Logs in and goes online; the future ends with that, or with why it did not work out. */
  CompletableFuture<Account> start() {
    logIn(login.credential());
    return first;
  }

  /** The last login; only when there was one. Thread-safe. */
  Account account() {
    Account known = account;
    if (known == null) {
      throw new IllegalStateException("not logged in yet");
    }
    return known;
  }

  /** Tells a peer; false when that is not possible at the moment. */
  boolean tell(CallData data) {
    if (connection == null) {
      return false;
    }
    connection.tell(data);
    return true;
  }

  /** Asks for the numbers of a call; the future ends with what the server says to that. */
  CompletableFuture<FromServer> startSession(String peer) {
    return connection == null
        ? CompletableFuture.failedFuture(
            new CulvertException(
                Reason.SERVER_LOST, "There is no connection to the server at the moment."))
        : connection.startSession(peer);
  }

  /** Our address is another one: the connection to the server will not work any more. */
  void moved() {
    if (connection != null) {
      connection.close();
      connection = null;
      offlineBecause = Reason.SERVER_LOST;
      attempt();
    }
  }

  /** The way to the server may be another one, or there may be one again. */
  void networkChanged() {
    if (closed) {
      return;
    }
    if (connection == null) {
      backoff.reset();
      logInFirst = false; // it was not the server's fault
      attempt();
    } else if (connection.isFromHere()) {
      connection.doubt();
    } else {
      moved();
    }
  }

  /** Logs in once more, for what a login gives. */
  CompletableFuture<Account> renew() {
    return logins
        .logIn(new Credential.Token(account().token()))
        .thenApply(fresh -> {
          account = fresh;
          return fresh;
        });
  }

  void close() {
    closed = true;
    if (nextAttempt != null) {
      nextAttempt.cancel(false);
    }
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  /** What has been tried before counts no more. */
  private void attempt() {
    attempts++;
    if (nextAttempt != null) {
      nextAttempt.cancel(false);
    }
    Account known = account;
    if (known == null || logInFirst) {
      logIn(known == null ? login.credential() : new Credential.Token(known.token()));
    } else {
      connect(known);
    }
  }

  private void logIn(Credential credential) {
    int attempt = attempts;
    logins
        .logIn(credential)
        .whenComplete((fresh, failure) -> {
          if (closed || attempt != attempts) {
            return;
          }
          if (failure != null) {
            loginFailed(credential, Why.of(failure));
          } else {
            refusals = 0;
            account = fresh;
            connect(fresh);
          }
        });
  }

  private void loginFailed(Credential credential, CulvertException why) {
    boolean refused = why.reason() == Reason.LOGIN_REFUSED;
    if (refused
        && credential instanceof Credential.Token
        && login.credential() instanceof Credential.Password password) {
      logIn(password);
      return;
    }
    logInFirst = refused; // otherwise the signal server may be there all the same
    if (refused && first.isDone() && ++refusals == REFUSALS) {
      end(why);
    } else {
      offline(why);
    }
  }

  private void connect(Account to) {
    int attempt = attempts;
    SignalConnection signals = new SignalConnection(to, new Incoming());
    signals
        .handler()
        .open(
            new ServerDialer(loop.loop(), login.proxies(), ApplicationProtocol.FLOW),
            Demand.onSignalServer(to.session().security()))
        .whenComplete((dialed, failure) -> {
          boolean counts = attempt == attempts;
          if (failure != null && counts) {
            logInFirst = true; // the account server may know another signal server
            offline(Why.of(failure));
          } else if (failure == null && counts && !closed) {
            connected(to, signals);
          } else if (failure == null) {
            signals.close();
          }
        });
  }

  private void connected(Account to, SignalConnection signals) {
    connection = signals;
    logInFirst = false;
    signals
        .begin()
        .thenRun(() -> {
          offlineBecause = null;
          if (!first.complete(to)) {
            observer.onlineAgain();
          }
        });
  }

  private void offline(CulvertException why) {
    if (closed || first.completeExceptionally(why)) {
      return;
    }
    if (offlineBecause == null || (isWorse(why.reason()) && !isWorse(offlineBecause))) {
      offlineBecause = why.reason();
      observer.offline(why);
    }
    nextAttempt =
        loop.loop().schedule(this::attempt, backoff.nextPause().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** That a server cannot be trusted is to be known, however often one is told that it is away. */
  private static boolean isWorse(Reason reason) {
    return reason == Reason.SERVER_NOT_TRUSTED;
  }

  private void end(CulvertException why) {
    close();
    if (!first.completeExceptionally(why)) {
      observer.ended(why);
    }
  }

  private final class Incoming implements SignalConnection.Observer {
    @Override
    public void signalled(Relay signal) {
      observer.signalled(signal);
    }

    @Override
    public void signalFailed(Relay.Kind kind, long sessionId) {
      observer.signalFailed(kind, sessionId);
    }

    @Override
    public void held() {
      backoff.reset();
    }

    @Override
    public void replaced() {
      end(
          new CulvertException(
              Reason.ID_TAKEN,
              "\"%s\" is online from elsewhere now: the newer connection counts."
                  .formatted(account().name())));
    }

    @Override
    public void lost(CulvertException why, boolean tokenRefused) {
      connection = null;
      logInFirst = tokenRefused;
      offline(why);
    }
  }
}
