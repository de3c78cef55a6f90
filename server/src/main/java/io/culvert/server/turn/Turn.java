package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.stun.ClassicBinding;
import io.culvert.wire.stun.StunMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What one loop does with what clients and peers send, and with time. Sockets and clock are its
 * caller's. Confined to the thread of its loop.
 *
 * <p>What is wrong with a message that nobody has vouched for is counted and not answered, unless
 * the RFC demands it: over UDP the answer would go to whomever the sender has named. For the same
 * reason the answers to such messages carry no more than they must.
 */
final class Turn implements AutoCloseable {
  private static final int KEEP_ALIVE = 0xff;

  private static final int SCRATCH_BYTES = 128;

  private static final int MAX_ANSWER_BYTES = 2 << 10;

  private final Resources resources;
  private final Counters<TurnCounter> counters;
  private final LongSupplier clock;
  private final ByteBuf scratch = Unpooled.directBuffer(SCRATCH_BYTES);
  private final ByteBuf answer = Unpooled.directBuffer(MAX_ANSWER_BYTES);
  private final Request request = new Request();
  private final Exchange exchange;
  private final Traffic traffic = new Traffic();
  private final Allocations allocations;
  private final Relaying relaying;
  private final Binding binding;
  private final Allocate allocate;
  private final Refresh refresh;
  private final CreatePermission createPermission;
  private final ChannelBind channelBind;
  private final Connect connect;
  private final ConnectionBind connectionBind;
  private final Authentication authentication;
  private final Mobility mobility;
  private boolean closed;

  /**
   * Has no allocations yet.
   *
   * @param sockets opens relays for this loop
   * @param executor runs tasks on this loop
   * @param clock in nanoseconds, which may begin anywhere
   */
  Turn(
      Resources resources,
      RelaySockets sockets,
      Executor executor,
      Authentication authentication,
      LongSupplier clock) {
    this.resources = resources;
    this.counters = resources.counters();
    this.clock = clock;
    this.authentication = authentication;
    exchange = new Exchange(request, answer, counters);
    allocations = new Allocations(resources.quotas());
    relaying = new Relaying(scratch, traffic, resources, clock);
    mobility = new Mobility(this, executor, resources, allocations, sockets, relaying);
    allocate = new Allocate(resources, allocations, new RelayPorts(sockets, relaying), mobility);
    binding = new Binding(counters);
    refresh = new Refresh(resources, allocations);
    createPermission = new CreatePermission(resources);
    channelBind = new ChannelBind(resources);
    connect = new Connect(resources);
    connectionBind = new ConnectionBind(resources);
  }

  /** What has been relayed, and what has not. */
  Traffic traffic() {
    return traffic;
  }

  /** How many allocations there are. Any thread may ask. */
  int allocations() {
    return allocations.size();
  }

  /**
   * One datagram, or one message of a stream. Whatever its bytes, nothing is thrown.
   *
   * @param buffer may have its indices changed
   */
  void received(Client client, ByteBuf buffer, int index, int length) {
    if (closed) {
      return; // a connection that is about to be closed, too
    }
    if (length == 0) {
      counters.count(TurnCounter.MALFORMED);
      return;
    }
    int firstByte = buffer.getUnsignedByte(index);
    if (ChannelData.isChannelData(firstByte)) {
      relaying.channelData(client, buffer, index, length);
    } else if (firstByte == KEEP_ALIVE && length == 1) {
      counters.count(TurnCounter.KEEP_ALIVE);
    } else if (ClassicBinding.isRequest(buffer, index, length)) {
      binding.answerClassic(client, buffer, index, answer.clear());
    } else {
      message(client, buffer.setIndex(index, index + length));
    }
  }

  /**
   * A request that had to wait until something is known. When that cannot be found out it is
   * answered so: asked again, it would find out the same.
   *
   * @param message its readable bytes
   */
  void resumed(Client client, ByteBuf message, boolean known) {
    if (known) {
      received(client, message, message.readerIndex(), message.readableBytes());
    } else if (!closed) {
      giveUp(client, message);
    }
  }

  private void giveUp(Client client, ByteBuf message) {
    try {
      request.read(message);
    } catch (MalformedMessageException e) {
      throw new AssertionError("the message was sound a moment ago", e);
    }
    exchange.begin(client);
    exchange.refuse(Refusal.SERVER_ERROR);
  }

  private void message(Client client, ByteBuf message) {
    try {
      request.read(message);
    } catch (MalformedMessageException e) {
      counters.count(TurnCounter.MALFORMED);
      return;
    }
    if (!request.isWhole()) {
      counters.count(TurnCounter.BAD_FINGERPRINT);
      return;
    }
    int method = request.reader().method();
    switch (request.reader().messageClass()) {
      case REQUEST -> request(client, method);
      case INDICATION -> indication(client, method);
      case SUCCESS, ERROR -> counters.count(TurnCounter.NO_REQUEST);
    }
  }

  private void indication(Client client, int method) {
    if (method == StunMessage.SEND) {
      relaying.send(client, request);
    } else {
      counters.count(TurnCounter.NO_REQUEST);
    }
  }

  private void request(Client client, int method) {
    exchange.begin(client);
    switch (method) {
      case StunMessage.BINDING -> binding.handle(exchange);
      case StunMessage.ALLOCATE,
          StunMessage.REFRESH,
          StunMessage.CREATE_PERMISSION,
          StunMessage.CHANNEL_BIND,
          StunMessage.CONNECT,
          StunMessage.CONNECTION_BIND ->
          authenticated(client, method);
      default -> counters.count(TurnCounter.UNKNOWN_METHOD);
    }
  }

  private void authenticated(Client client, int method) {
    long now = clock.getAsLong();
    if (!authentication.identifies(exchange, now)) {
      return;
    }
    if (request.unknowns() > 0) {
      exchange.refuseUnknown();
      return;
    }
    if (request.isFaulty()) {
      exchange.refuse(Refusal.BAD_REQUEST);
      return;
    }
    if (method == StunMessage.ALLOCATE) {
      allocate.handle(exchange, now);
      return;
    }
    if (method == StunMessage.CONNECTION_BIND) {
      connectionBind.handle(exchange);
      return;
    }
    Allocation allocation = client.allocation();
    if (method == StunMessage.REFRESH && request.hasTicket()) {
      allocation = mobility.resume(exchange);
      if (allocation == null) {
        return;
      }
    }
    if (allocation == null) {
      exchange.refuse(Refusal.ALLOCATION_MISMATCH);
      return;
    }
    if (!exchange.isOwner(allocation)) {
      exchange.refuse(Refusal.WRONG_CREDENTIALS);
      return;
    }
    switch (method) {
      case StunMessage.REFRESH -> refresh.handle(exchange, allocation, now);
      case StunMessage.CREATE_PERMISSION -> createPermission.handle(exchange, allocation, now);
      case StunMessage.CHANNEL_BIND -> channelBind.handle(exchange, allocation, now);
      case StunMessage.CONNECT -> connect.handle(exchange, allocation);
      default -> throw new AssertionError("no method of ours: " + method);
    }
  }

  Mobility mobility() {
    return mobility;
  }

  /** Ends one relay of an allocation. */
  void end(Allocation allocation, Relay relay, EndReason why) {
    allocations.end(allocation, relay, why, clock.getAsLong());
  }

  /** A client's connection has ended, and with it its allocation, unless the client may move. */
  void gone(Client client) {
    Allocation allocation = client.allocation();
    if (allocation != null && !allocation.survives(client)) {
      allocations.end(allocation, EndReason.CLIENT_GONE, clock.getAsLong());
    }
  }

  /** Ends what is to end by now; to be called once a second. */
  void expire() {
    long now = clock.getAsLong();
    allocations.expire(now);
    resources.reservations().expire(now);
    resources.quotas().expire(now);
  }

  /** Ends all allocations. */
  @Override
  public void close() {
    closed = true;
    allocations.endAll(EndReason.SERVER_STOPS, clock.getAsLong());
    scratch.release();
    answer.release();
  }
}
