package io.culvert.server.turn;

import io.culvert.server.turn.tcp.PeerConnection;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client, as its 5-tuple tells it from others: where it is, how it is reached, and what has been
 * allocated to it. Confined to the thread of its loop.
 */
public abstract class Client {
  private @Nullable Allocation allocation;

  /** How it reaches the server. */
  public abstract ClientTransport transport();

  /** The client's address, in whose NAT's words. */
  public abstract Endpoint remote();

  /** The server's address that the client sends to; a wildcard where the system does not say. */
  public abstract Endpoint local();

  /**
   * Sends one message or one ChannelData, which is copied before this returns. A client that does
   * not take it in time loses it.
   *
   * @return whether it is on its way
   */
  public abstract boolean send(ByteBuf bytes, int index, int length);

  /**
   * The same client in an object that stays what it is: where one object stands for one client
   * after the other, only this may be kept.
   */
  protected Client lasting() {
    return this;
  }

  /**
   * A request cannot be judged before that future has completed, and not at all when it fails. A
   * client that repeats what is not answered may be left to do so; a stream has to be answered.
   *
   * @param message its readable bytes, until this returns
   */
  protected void postpone(ByteBuf message, CompletableFuture<?> settled) {}

  /** From now on it is the client's end of a connection with a peer, and nothing else. */
  protected void bind(PeerConnection peer) {
    throw new UnsupportedOperationException("only a stream can be bound to another one");
  }

  /**
   * The port of this server that differs in address and number from the one that the client sends
   * to; null where there is none, or no use for it.
   */
  protected @Nullable Endpoint other() {
    return null;
  }

  /**
   * The same client as it is reached from another port of this server, or at another of its own;
   * null when it cannot be.
   *
   * @param responsePort of the client, or -1 for the one that it sends from
   */
  protected @Nullable Client answerer(
      boolean fromOtherAddress, boolean fromOtherPort, int responsePort) {
    return null;
  }

  /** Its allocation has ended, which was the reason to keep it. */
  protected void released() {}

  final @Nullable Allocation allocation() {
    return allocation;
  }

  final void allocation(@Nullable Allocation its) {
    allocation = its;
  }
}
