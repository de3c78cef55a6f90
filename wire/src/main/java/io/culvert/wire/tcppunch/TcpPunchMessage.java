package io.culvert.wire.tcppunch;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A message of the {@code tcppunch} protocol; the package's page shows its bytes. */
public sealed interface TcpPunchMessage {
  /** The longest identifier, in bytes of UTF-8. */
  int MAX_ID_BYTES = 255;

  /** The most bytes one {@link Data} carries. */
  int MAX_DATA_BYTES = 255;

  /** What is said on the connection that keeps a peer online. */
  sealed interface Main extends TcpPunchMessage {}

  /** What is said on the tcp-a connection, which shows the server one port's public address. */
  sealed interface Aux extends TcpPunchMessage {}

  /** What two peers say to each other. */
  sealed interface Link extends TcpPunchMessage {}

  /** Whether an introduction asks or answers. */
  enum Kind {
    INVITE,
    ACCEPT
  }

  /** The peer wants to be known as {@code clientId}. */
  record Online(String clientId) implements Main {
    public Online {
      requireId(clientId);
    }
  }

  /** The peer is online; {@code sessionId} proves it from now on. */
  record OnlineAccepted(String sessionId) implements Main {
    public OnlineAccepted {
      requireId(sessionId);
    }
  }

  /** Another live connection has that ClientId. */
  record OnlineRefused() implements Main {}

  /**
   * {@code peerId} wants to meet the receiver, or agrees to: these are the addresses of the port it
   * will punch from, as it sees it and as the server sees it.
   */
  record Introduction(Kind kind, InetSocketAddress local, InetSocketAddress observed, String peerId)
      implements Main {
    public Introduction {
      requireIpv4(local);
      requireIpv4(observed);
      requireId(peerId);
    }
  }

  /** The sender wants to meet {@code peerId}, or agrees to; it will punch from {@code local}. */
  record Introduce(Kind kind, InetSocketAddress local, String sessionId, String peerId)
      implements Aux {
    public Introduce {
      requireIpv4(local);
      requireId(sessionId);
      requireId(peerId);
    }
  }

  /** The session is unknown, or the peer is not online, or the peer is the sender itself. */
  record IntroduceRefused() implements Aux {}

  /** Says who is speaking and, from the inviter, that this is the link to use. */
  record Ack(String clientId) implements Link {
    public Ack {
      requireId(clientId);
    }
  }

  /** Up to 255 bytes from {@code senderId}. The array is not copied: treat it as immutable. */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
  record Data(String senderId, byte[] data) implements Link {
    public Data {
      requireId(senderId);
      if (data.length > MAX_DATA_BYTES) {
        throw new IllegalArgumentException(
            "one message carries at most " + MAX_DATA_BYTES + " bytes, not " + data.length);
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Data(String id, byte[] bytes)
          && senderId.equals(id)
          && Arrays.equals(data, bytes);
    }

    @Override
    public int hashCode() {
      return 31 * senderId.hashCode() + Arrays.hashCode(data);
    }
  }

  /**
   * Returns {@code id} when it can be an identifier.
   *
   * @throws IllegalArgumentException when it is empty, longer than 255 bytes, or not Unicode text
   */
  static String requireId(String id) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("an identifier must not be empty");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(id)) {
      throw new IllegalArgumentException("an identifier must be Unicode text");
    }
    int bytes = id.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_ID_BYTES) {
      throw new IllegalArgumentException(
          "an identifier is at most " + MAX_ID_BYTES + " bytes long, not " + bytes);
    }
    return id;
  }

  private static void requireIpv4(InetSocketAddress address) {
    if (!(address.getAddress() instanceof Inet4Address)) {
      throw new IllegalArgumentException("tcppunch carries IPv4 addresses only, not " + address);
    }
  }
}
