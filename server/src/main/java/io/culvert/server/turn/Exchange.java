package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.server.turn.Tickets.Ticket;
import io.culvert.server.turn.auth.Verdict.Accepted;
import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request and its answer. One object serves all requests of a loop, one after the other; what is
 * kept longer must be asked for in time.
 */
final class Exchange {
  private final Request request;
  private final StunWriter writer = new StunWriter();
  private final ByteBuf answer;
  private final Counters<TurnCounter> counters;
  private @Nullable Client client;
  private @Nullable Accepted sender;

  /**
   * Answers what stands in the request.
   *
   * @param answer has room for the longest answer; its owner frees it
   */
  Exchange(Request request, ByteBuf answer, Counters<TurnCounter> counters) {
    this.request = request;
    this.answer = answer;
    this.counters = counters;
  }

  /** A request of somebody whom nobody has vouched for. */
  void begin(Client from) {
    client = from;
    sender = null;
  }

  /** It is known who has made the request, and how the answer is vouched for. */
  void identify(Accepted its) {
    sender = its;
  }

  Request request() {
    return request;
  }

  Client client() {
    return Objects.requireNonNull(client);
  }

  /** Who has made the request. */
  String user() {
    return Objects.requireNonNull(sender).user();
  }

  /** Whether that allocation is this user's. */
  boolean isOwner(Allocation allocation) {
    return allocation.grant().user().equals(user());
  }

  /** What the answer is being written to. */
  ByteBuf answer() {
    return answer;
  }

  /** The answer to this request, of somebody who is known, when it cannot be given yet. */
  LaterAnswer later() {
    return new LaterAnswer(
        client(),
        request.reader().method(),
        request.reader().transactionId(),
        Objects.requireNonNull(sender),
        request.hasFingerprint(),
        counters);
  }

  /** Begins the answer to a request that has been done. */
  StunWriter succeed() {
    return writer.beginAnswer(answer.clear(), StunClass.SUCCESS, request.reader());
  }

  /** Appends where the client is, as it looks from here. */
  void mapped() {
    xorAddress(AttributeType.XOR_MAPPED_ADDRESS, client().remote());
  }

  /** Appends a relayed address, if there is one. */
  void relayed(@Nullable Relay relay) {
    if (relay != null) {
      xorAddress(AttributeType.XOR_RELAYED_ADDRESS, relay.address());
    }
  }

  /** Appends what the client may move with, if it may. */
  void ticket(@Nullable Passport passport) {
    if (passport != null) {
      Ticket ticket = passport.ticket();
      int at = writer.open(AttributeType.MOBILITY_TICKET);
      answer.writeLong(ticket.high()).writeLong(ticket.low());
      writer.close(at);
    }
  }

  private void xorAddress(int type, Endpoint address) {
    writer.xorAddress(type, address.high(), address.low(), address.port(), address.isIpv4());
  }

  /** Appends an address in plain bytes. */
  void address(int type, Endpoint address) {
    writer.address(type, address.high(), address.low(), address.port(), address.isIpv4());
  }

  /** Appends bytes that mean nothing. */
  void padding(int bytes) {
    int at = writer.open(AttributeType.PADDING);
    answer.writeZero(bytes);
    writer.close(at);
  }

  /** Appends why there is no relayed address of a family (RFC 8656 §18.12). */
  void addressError(boolean ipv4, Refusal why) {
    writer.addressErrorCode(
        ipv4 ? AddressFamily.IPV4 : AddressFamily.IPV6, why.code(), why.reason());
  }

  /** Begins the answer to a request that is not done. */
  StunWriter fail(int code, String reason) {
    return writer
        .beginAnswer(answer.clear(), StunClass.ERROR, request.reader())
        .errorCode(code, reason);
  }

  /** Answers that the request is not done. */
  void refuse(Refusal why) {
    counters.count(why.counter());
    fail(why.code(), why.reason());
    send();
  }

  /** Answers that the client shall ask somebody else (RFC 8489 §10). */
  void redirect(InetSocketAddress alternate) {
    counters.count(Refusal.TRY_ALTERNATE.counter());
    fail(Refusal.TRY_ALTERNATE.code(), Refusal.TRY_ALTERNATE.reason())
        .address(AttributeType.ALTERNATE_SERVER, alternate);
    send();
  }

  /** Answers that the request has attributes which are not known but would have to be. */
  void refuseUnknown() {
    counters.count(TurnCounter.UNKNOWN_ATTRIBUTE);
    fail(Refusal.UNKNOWN_ATTRIBUTE.code(), "");
    int at = writer.open(AttributeType.UNKNOWN_ATTRIBUTES);
    for (int i = 0; i < request.unknowns(); i++) {
      answer.writeShort(request.unknown(i));
    }
    writer.close(at);
    send();
  }

  /** Sends the answer that has been begun, vouched for as the request was. */
  void send() {
    sendBy(client());
  }

  /** Sends it as the client is reached in another way. */
  void sendBy(Client answerer) {
    if (sender != null) {
      sender.sign(writer);
    }
    if (request.hasFingerprint()) {
      writer.fingerprint();
    }
    if (!answerer.send(answer, 0, answer.writerIndex())) {
      counters.count(TurnCounter.UNSENT);
    }
  }
}
