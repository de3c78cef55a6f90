package io.culvert.lab.load;

import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that send the same request again and again. Its transaction id is the {@link Stamp}, so
 * that the answer says to which trial it belongs.
 */
final class Requests implements DatagramPort.Receiver, AutoCloseable {
  /** Where the transaction id lies in a message (RFC 8489 §5). */
  static final int ID_AT = 8;

  private final ByteBuf request;
  private final int answerType;
  private final Endpoint server;
  private final Tally tally;
  private final List<DatagramPort> ports = new ArrayList<>();

  /**
   * New ones.
   *
   * @param answerType the first two bytes of the answer that counts
   */
  Requests(ByteBuf request, int answerType, Endpoint server, Tally tally) {
    this.request = Unpooled.directBuffer(request.readableBytes()).writeBytes(request);
    this.answerType = answerType;
    this.server = server;
    this.tally = tally;
  }

  /** So many clients, each with a socket of its own. */
  void open(int clients, SpinLoop loop, InetAddress from) throws IOException {
    for (int i = 0; i < clients; i++) {
      ports.add(loop.open(from, this));
    }
  }

  /** Sends the request of one client. */
  void send(int client, long now) {
    tally.leaves(request, ID_AT, now);
    ports.get(client).send(request, 0, request.readableBytes(), server);
  }

  @Override
  public void received(ByteBuf buffer, int index, int length, long high, long low, int port) {
    if (length >= ID_AT + Stamp.BYTES && buffer.getUnsignedShort(index) == answerType) {
      tally.arrives(buffer, index + ID_AT, length);
    }
  }

  @Override
  public void unreachable(Endpoint to, int type, int code, int data) {
    // That nobody listens shows in the answers that are missing.
  }

  @Override
  public void close() {
    ports.forEach(DatagramPort::close);
    request.release();
  }
}
