package io.culvert.server.turn;

import io.culvert.wire.transport.udp.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What the server keeps for one client (RFC 8656 §2.2): one relayed address, or two of different
 * families; the peers that may be reached through them; and what has been relayed. Confined to the
 * thread of its loop.
 */
final class Allocation {
  private final Grant grant;
  private final long seed;
  private final Permissions permissions;
  private Client client;
  private @Nullable Client expected;
  private @Nullable Passport passport;
  private int place;
  private @Nullable Relay first;
  private @Nullable Relay second;
  private @Nullable Channels channels;
  private long packetsToPeers;
  private long bytesToPeers;
  private long packetsToClient;
  private long bytesToClient;

  /**
   * Nothing is relayed yet.
   *
   * @param seed a random number that nobody outside knows
   */
  Allocation(Client client, Grant grant, long seed) {
    this.client = client;
    this.grant = grant;
    this.seed = seed;
    this.permissions = new Permissions(seed);
  }

  /** What has been asked for, by whom, and answered. */
  Grant grant() {
    return grant;
  }

  /** Whether peers are reached over TCP (RFC 6062), not over UDP. */
  boolean isTcp() {
    return grant.tcp();
  }

  Client client() {
    return client;
  }

  /**
   * The client moves to another address, from where it has not sent data yet. Until then it is sent
   * to at the old one, if it can be.
   */
  void expect(Client next) {
    forgetExpected();
    next.allocation(this);
    expected = next;
    if (client instanceof Absent) {
      client = next;
    }
  }

  private void forgetExpected() {
    if (expected != null && !expected.equals(client)) {
      release(expected);
    }
    expected = null;
  }

  /** A client of this allocation has sent data: that is where it is now. */
  void heardFrom(Client sender) {
    if (sender.equals(expected)) {
      moveTo(sender);
      expected = null;
      if (passport != null) {
        passport.arrived();
      }
    }
  }

  private void moveTo(Client next) {
    Client before = client;
    client = next;
    if (!before.equals(next)) {
      release(before);
    }
  }

  /** The connection to a client has ended; whether there is another one, or may be one day. */
  boolean survives(Client gone) {
    if (gone.equals(client) && expected != null && !gone.equals(expected)) {
      moveTo(expected);
    } else if (gone.equals(client)) {
      leaveClients();
    } else {
      forgetExpected();
    }
    return passport != null;
  }

  /** None of its clients has it any more. */
  void releaseClients() {
    forgetExpected();
    release(client);
  }

  /** The same, and this goes on without them. */
  void leaveClients() {
    Client before = client;
    releaseClients();
    client = new Absent(before);
  }

  private void release(Client itsClient) {
    if (itsClient.allocation() == this) {
      itsClient.allocation(null);
      itsClient.released();
    }
  }

  /** What the client may move with; null when it may not. */
  @Nullable Passport passport() {
    return passport;
  }

  void passport(Passport its) {
    passport = its;
  }

  /** Where it stands among the allocations of its loop. */
  int place() {
    return place;
  }

  void place(int its) {
    place = its;
  }

  Permissions permissions() {
    return permissions;
  }

  void add(Relay relay) {
    if (first == null) {
      first = relay;
    } else {
      second = relay;
    }
  }

  @Nullable Relay first() {
    return first;
  }

  @Nullable Relay second() {
    return second;
  }

  /** What leads to peers of that family. */
  @Nullable Relay relay(boolean ipv4) {
    if (first != null && first.isIpv4() == ipv4) {
      return first;
    }
    return second != null && second.isIpv4() == ipv4 ? second : null;
  }

  /** Whether a relay is left after this one, which is closed. */
  boolean remove(Relay relay) {
    relay.close();
    if (channels != null) {
      channels.endThrough(relay);
    }
    if (relay == first) {
      first = second;
    }
    second = null;
    return first != null;
  }

  @Nullable Channel channel(int number) {
    return channels == null ? null : channels.of(number);
  }

  @Nullable Channel channel(long high, long low, int port) {
    return channels == null ? null : channels.of(high, low, port);
  }

  int channels() {
    return channels == null ? 0 : channels.size();
  }

  boolean canBind(int number, Endpoint peer) {
    return channels == null || channels.canBind(number, peer);
  }

  void bind(int number, Endpoint peer, Relay relay, long nowNanos) {
    if (channels == null) {
      channels = new Channels(seed);
    }
    channels.bind(number, peer, relay, nowNanos);
  }

  /** Ends permissions and channels that are to end by now. */
  void expire(long nowNanos) {
    permissions.expire(nowNanos);
    if (channels != null) {
      channels.expire(nowNanos);
    }
  }

  void countToPeer(int bytes) {
    packetsToPeers++;
    countBytesToPeer(bytes);
  }

  /** The same of a connection, which has no packets. */
  void countBytesToPeer(int bytes) {
    bytesToPeers += bytes;
  }

  void countToClient(int bytes) {
    packetsToClient++;
    countBytesToClient(bytes);
  }

  void countBytesToClient(int bytes) {
    bytesToClient += bytes;
  }

  long packetsToPeers() {
    return packetsToPeers;
  }

  long bytesToPeers() {
    return bytesToPeers;
  }

  long packetsToClient() {
    return packetsToClient;
  }

  long bytesToClient() {
    return bytesToClient;
  }
}
