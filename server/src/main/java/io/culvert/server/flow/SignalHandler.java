package io.culvert.server.flow;

import io.culvert.server.account.Accounts;
import io.culvert.server.account.Session;
import io.culvert.server.account.SessionResult;
import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Gate;
import io.culvert.wire.flow.FlowCodec;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.flow.FlowMessage.FromClient;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.SessionStarted;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.culvert.wire.flow.FlowMessage.Unreadable;
import io.culvert.wire.flow.SignalType;
import io.culvert.wire.flow.TurnCredentials;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A client's connection to the signal port. */
final class SignalHandler extends SimpleChannelInboundHandler<FromClient> implements Line {
  /** A client that is online sends a heart beat every 15 s. */
  static final Duration SILENCE = Duration.ofSeconds(45);

  /** How long a connection may be nobody's. */
  static final Duration BIND_WITHIN = SILENCE;

  /** What all connections of a server share. */
  record Service(
      Switchboard switchboard,
      Accounts accounts,
      Logins logins,
      ServerAddresses addresses,
      Counters<FlowCounter> counters) {}

  private final Service service;
  private final Gate gate;
  private final ConnectionGuard<FlowCounter> guard;
  private @Nullable ChannelHandlerContext ctx;
  private Switchboard.@Nullable Client client;

  SignalHandler(Service service, Gate gate, ConnectionGuard<FlowCounter> guard) {
    this.service = service;
    this.gate = gate;
    this.guard = guard;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    ctx = added;
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    guard.closeAfter(active, BIND_WITHIN);
    active.fireChannelActive();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext read) {
    guard.heard(read);
    read.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    leave();
    inactive.fireChannelInactive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext from, FromClient message) {
    if (guard.hasClosed()) {
      return;
    }
    switch (message) {
      case HeartBeat heartBeat -> heartBeat(heartBeat);
      case LoginRequest login -> logIn(login);
      case Logout logout -> logOut(logout);
      case StartSession start -> startSession(start);
      case Relay relay -> relay(relay);
      case Unreadable unreadable when unreadable.signalType() == SignalType.HEART_BEAT ->
          dismiss(unreadable.failure(unreadable.description()), FlowCounter.UNKNOWN_TOKEN);
      case Unreadable unreadable -> refuse(unreadable, unreadable.description());
    }
  }

  private void heartBeat(HeartBeat heartBeat) {
    gate.await(
        service.accounts().session(heartBeat.head().token()),
        found -> {
          switch (found) {
            case SessionResult.Live(Session session) -> bind(session);
            case SessionResult.Unknown() ->
                dismiss(
                    heartBeat.failure("this token is not good any more: log in again"),
                    FlowCounter.UNKNOWN_TOKEN);
            case SessionResult.Unavailable() -> {
              if (!isBoundBy(heartBeat.head().token())) {
                dismiss(heartBeat.failure(Logins.UNAVAILABLE), FlowCounter.ACCOUNTS_UNAVAILABLE);
              }
            }
          }
        });
  }

  private void bind(Session session) {
    if (isBoundBy(session.token())) {
      return;
    }
    if (client != null && !client.account().equals(session.account())) {
      leave();
    }
    client = service.switchboard().bind(session.account(), session.token(), this);
    guard.closeWhenSilentFor(context(), SILENCE);
  }

  private void logIn(LoginRequest login) {
    InetSocketAddress remote = (InetSocketAddress) context().channel().remoteAddress();
    gate.await(
        service.logins().logIn(login, remote.getAddress()),
        result ->
            context()
                .write(
                    service
                        .logins()
                        .answer(login, result, local().getAddress(), local().getPort())));
  }

  private void logOut(Logout logout) {
    if (client != null && !isBoundBy(logout.head().token())) {
      refuse(logout, "this is not your token");
      return;
    }
    gate.await(
        service.logins().logOut(logout),
        result -> {
          switch (result) {
            case Logins.LogoutResult.Ended(Session session) -> {
              if (isBoundBy(session.token())) {
                leave();
                guard.closeAfter(context(), BIND_WITHIN);
              }
              service.switchboard().revoke(session.account(), session.token(), "logged out");
              context().write(new LoggedOut(logout.head().answer()));
            }
            case Logins.LogoutResult.Failed(String description) -> refuse(logout, description);
          }
        });
  }

  private void startSession(StartSession start) {
    if (!maySay(start, start.myAccount())) {
      return;
    }
    OptionalLong session =
        service.switchboard().startSession(Objects.requireNonNull(client), start.peerAccount());
    if (session.isEmpty()) {
      refuse(start, start.peerAccount() + " is not online");
      return;
    }
    service.counters().count(FlowCounter.SESSION_STARTED);
    context()
        .write(
            new SessionStarted(
                start.head().answer(),
                start.myAccount(),
                start.peerAccount(),
                session.getAsLong(),
                service.addresses().stun(local().getAddress()),
                relayCredentials(start.myAccount()),
                relayCredentials(start.peerAccount())));
  }

  private Optional<TurnCredentials> relayCredentials(String account) {
    return service.logins().relayCredentials(account, local().getAddress());
  }

  private void relay(Relay relay) {
    if (!maySay(relay, relay.myAccount())) {
      return;
    }
    switch (service.switchboard().relay(Objects.requireNonNull(client), relay)) {
      case DELIVERED -> service.counters().count(FlowCounter.RELAYED);
      case OFFLINE -> refuse(relay, relay.peerAccount() + " is not online");
      case TOO_SLOW -> refuse(relay, relay.peerAccount() + " does not read its messages");
      case TOO_LONG -> refuse(relay, "this is too long to be relayed");
    }
  }

  /** Whether it is this connection's client that says so; it is told if not. */
  private boolean maySay(FromClient message, String myAccount) {
    if (client == null) {
      refuse(message, "send a heart beat with your token first");
    } else if (!isBoundBy(message.head().token())) {
      refuse(message, "this is not your token");
    } else if (!client.account().equals(myAccount)) {
      refuse(message, "myAccount is not the account of your token");
    } else {
      return true;
    }
    return false;
  }

  private void refuse(FromClient message, String why) {
    service.counters().count(FlowCounter.REFUSED);
    context().write(message.failure(why));
  }

  private boolean isBoundBy(String token) {
    return client != null && client.token().equals(token);
  }

  @Override
  public Delivery deliver(FlowMessage message) {
    byte[] json = FlowCodec.write(message);
    if (json.length > FlowCodec.MAX_JSON_BYTES) {
      return Delivery.TOO_LONG;
    }
    if (!context().channel().isWritable()) {
      // Later: others are told of it, who may be as slow, and so on.
      context().executor().execute(this::giveUp);
      return Delivery.TOO_SLOW;
    }
    ByteBuf frame = context().alloc().buffer(2 + json.length);
    FlowCodec.frame(json, frame);
    context().writeAndFlush(frame);
    return Delivery.DELIVERED;
  }

  private void giveUp() {
    leave();
    guard.close(context(), FlowCounter.TOO_SLOW);
  }

  @Override
  public void hangUp(FlowMessage lastWord, FlowCounter why) {
    dismiss(lastWord, why);
  }

  private void dismiss(FlowMessage lastWord, FlowCounter why) {
    leave();
    guard.dismiss(context(), lastWord, why);
  }

  /** Nobody is online here any more. */
  private void leave() {
    if (client != null) {
      Switchboard.Client leaving = client;
      client = null;
      service.switchboard().unbind(leaving);
    }
  }

  private InetSocketAddress local() {
    return (InetSocketAddress) context().channel().localAddress();
  }

  private ChannelHandlerContext context() {
    return Objects.requireNonNull(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
    leave();
    if (cause instanceof DecoderException malformed) {
      guard.dismiss(from, Malformed.answer(malformed), FlowCounter.MALFORMED);
    } else {
      from.fireExceptionCaught(cause);
    }
  }
}
