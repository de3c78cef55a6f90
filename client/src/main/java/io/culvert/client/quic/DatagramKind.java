package io.culvert.client.quic;

/** What a datagram on a peer's one UDP socket is, by its first byte (RFC 9443 §3). */
public enum DatagramKind {
  STUN,
  /** From a TURN server. */
  CHANNEL_DATA,
  /** Or nothing that makes sense: only QUIC can tell. */
  QUIC,
  /** Of a protocol that is not spoken here. */
  OTHER;

  /**
   * What begins with that byte.
   *
   * @param firstByte 0 to 255
   * @param fromTurnServer whether a TURN server of ours has sent it: what begins channel data
   *     begins packets of QUIC, too
   */
  public static DatagramKind of(int firstByte, boolean fromTurnServer) {
    if (firstByte < 4) {
      return STUN;
    }
    if (fromTurnServer) {
      return firstByte >= 64 && firstByte < 80 ? CHANNEL_DATA : OTHER;
    }
    return (firstByte & 0x40) != 0 ? QUIC : OTHER;
  }
}
