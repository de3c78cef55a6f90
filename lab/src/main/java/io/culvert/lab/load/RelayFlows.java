package io.culvert.lab.load;

import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;

/**
 * Clients with an allocation and a channel each, to one peer that all of them share. Both ends are
 * here, so what one sends is counted when the other has it.
 */
final class RelayFlows implements DatagramPort.Receiver, AutoCloseable {
  private final Tally tally;
  private final Clients clients;
  private final DatagramPort peer;
  private final ByteBuf channelData;
  private final ByteBuf datagram;

  private RelayFlows(SpinLoop loop, LoadOrder order, Sides sides, Tally tally) throws IOException {
    this.tally = tally;
    clients = new Clients(loop);
    peer = loop.open(sides.peer(), this);
    channelData = TurnClient.channelData(order.size());
    datagram = Unpooled.directBuffer(order.size()).writeZero(order.size());
  }

  /** So many, ready to send. */
  static RelayFlows open(int count, SpinLoop loop, LoadOrder order, Sides sides, Tally tally)
      throws LoadException, IOException {
    RelayFlows flows = new RelayFlows(loop, order, sides, tally);
    try {
      flows.clients.open(count, new Account(order), sides.client(), tally::arrives);
      flows.clients.each(TurnClient::allocate);
      Endpoint peer = flows.peer.localAddress();
      flows.clients.each((client, then) -> client.bind(peer, then));
      return flows;
    } catch (LoadException | IOException e) {
      flows.close();
      throw e;
    }
  }

  /** Sends a packet of one client to the peer. */
  void sendToPeer(int flow, long now) {
    tally.leaves(channelData, ChannelData.HEADER_BYTES, now);
    clients.all().get(flow).send(channelData);
  }

  /** Sends a packet of the peer to one client. */
  void sendToClient(int flow, long now) {
    tally.leaves(datagram, 0, now);
    peer.send(datagram, 0, datagram.readableBytes(), clients.all().get(flow).relayed());
  }

  /** Gives the allocations back. */
  void release() throws LoadException, IOException {
    clients.each(TurnClient::release);
  }

  @Override
  public void received(ByteBuf buffer, int index, int length, long high, long low, int port) {
    tally.arrives(buffer, index, length);
  }

  @Override
  public void unreachable(Endpoint to, int type, int code, int data) {
    // That nobody listens shows in the packets that are missing.
  }

  @Override
  public void close() {
    clients.close();
    peer.close();
    channelData.release();
    datagram.release();
  }
}
