package io.culvert.server.turn;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.AddressSlot;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.DiscoveryAttribute.ChangeRequest;
import io.culvert.wire.stun.StunReader;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * What a message from a client says, read in one go; of an attribute that is there twice, the first
 * counts (RFC 8489 §14). One object reads one message after the other and allocates nothing for it.
 */
final class Request {
  /** The number that it has in coturn and its clients, up to 4.6 at least. */
  private static final int COTURNS_ADDITIONAL_ADDRESS_FAMILY = 0x8032;

  /** What a number is when its attribute is not there. */
  static final int ABSENT = -1;

  private static final int MAX_UNKNOWN = 16;
  private static final int RESERVE_NEXT = 0x80;
  private static final int TOKEN_BYTES = 8;

  /** All that a CHANGE-REQUEST can ask for. */
  private static final int CHANGES = ChangeRequest.CHANGE_IP | ChangeRequest.CHANGE_PORT;

  private final StunReader reader = new StunReader();
  private final int[] unknown = new int[MAX_UNKNOWN];
  private final List<AddressSlot> peers = new ArrayList<>();
  private int unknowns;
  private int change;
  private int responsePort;
  private int paddingLength;
  private int peerCount;
  private boolean fingerprint;
  private boolean fingerprintIsRight;
  private boolean isFaulty;
  private int requestedTransport;
  private int requestedFamily;
  private int additionalFamily;
  private int evenPort;
  private long lifetime;
  private int channelNumber;
  private boolean dontFragment;
  private boolean hasToken;
  private boolean hasConnectionId;
  private int connectionId;
  private long token;
  private int dataAt;
  private int dataLength;
  private int ticketAt;
  private int ticketLength;

  /**
   * Reads the readable bytes.
   *
   * @throws MalformedMessageException when they are no message of STUN
   */
  void read(ByteBuf message) throws MalformedMessageException {
    clear();
    reader.open(message);
    while (reader.next()) {
      take(reader.type(), reader.valueLength());
    }
  }

  private void clear() {
    unknowns = 0;
    change = ABSENT;
    responsePort = ABSENT;
    paddingLength = ABSENT;
    peerCount = 0;
    fingerprint = false;
    fingerprintIsRight = false;
    isFaulty = false;
    requestedTransport = ABSENT;
    requestedFamily = ABSENT;
    additionalFamily = ABSENT;
    evenPort = ABSENT;
    lifetime = ABSENT;
    channelNumber = ABSENT;
    dontFragment = false;
    hasToken = false;
    hasConnectionId = false;
    dataAt = ABSENT;
    dataLength = 0;
    ticketAt = ABSENT;
    ticketLength = 0;
  }

  private void take(int type, int length) {
    switch (type) {
      case AttributeType.FINGERPRINT -> {
        fingerprint = true;
        fingerprintIsRight = reader.fingerprintIsRight();
      }
      case AttributeType.REQUESTED_TRANSPORT ->
          requestedTransport = first(requestedTransport, firstByte(length));
      case AttributeType.REQUESTED_ADDRESS_FAMILY ->
          requestedFamily = first(requestedFamily, firstByte(length));
      case AttributeType.ADDITIONAL_ADDRESS_FAMILY, COTURNS_ADDITIONAL_ADDRESS_FAMILY ->
          additionalFamily = first(additionalFamily, firstByte(length));
      case AttributeType.EVEN_PORT -> evenPort = first(evenPort, byteIn(1, length));
      case AttributeType.LIFETIME ->
          lifetime = lifetime == ABSENT ? Integer.toUnsignedLong(intIn(length)) : lifetime;
      case AttributeType.CHANNEL_NUMBER ->
          channelNumber = first(channelNumber, intIn(length) >>> Short.SIZE);
      case AttributeType.DONT_FRAGMENT -> dontFragment = true;
      case AttributeType.RESERVATION_TOKEN -> takeToken(length);
      case AttributeType.CONNECTION_ID -> takeConnectionId(length);
      case AttributeType.XOR_PEER_ADDRESS -> takePeer();
      case AttributeType.DATA -> {
        if (dataAt == ABSENT) {
          dataAt = reader.valueAt();
          dataLength = length;
        }
      }
      case AttributeType.MOBILITY_TICKET -> {
        if (ticketAt == ABSENT) {
          ticketAt = reader.valueAt();
          ticketLength = length;
        }
      }
      case AttributeType.CHANGE_REQUEST -> {
        takeUnknown(type);
        change = first(change, intIn(length) & CHANGES);
      }
      case AttributeType.RESPONSE_PORT -> {
        takeUnknown(type);
        responsePort = first(responsePort, portIn(length));
      }
      case AttributeType.PADDING -> {
        takeUnknown(type);
        paddingLength = first(paddingLength, length);
      }
      default -> takeOther(type);
    }
  }

  private void takeUnknown(int type) {
    for (int i = 0; i < unknowns; i++) {
      if (unknown[i] == type) {
        return;
      }
    }
    if (unknowns < MAX_UNKNOWN) {
      unknown[unknowns] = type;
      unknowns++;
    }
  }

  /** Takes for known what a server with two addresses understands (RFC 5780 §7). */
  void knowDiscovery() {
    int left = 0;
    for (int i = 0; i < unknowns; i++) {
      if (!isOfDiscovery(unknown[i])) {
        unknown[left] = unknown[i];
        left++;
      }
    }
    unknowns = left;
  }

  private static boolean isOfDiscovery(int type) {
    return type == AttributeType.CHANGE_REQUEST
        || type == AttributeType.RESPONSE_PORT
        || type == AttributeType.PADDING;
  }

  /** The other 2 bytes may be the value's or padding (RFC 5780 §7.5 does not say). */
  private int portIn(int length) {
    if (length != Short.BYTES && length != Integer.BYTES) {
      isFaulty = true;
      return ABSENT;
    }
    return reader.buffer().getUnsignedShort(reader.valueAt());
  }

  private static int first(int known, int next) {
    return known == ABSENT ? next : known;
  }

  private int byteIn(int expected, int length) {
    if (length != expected) {
      isFaulty = true;
      return ABSENT;
    }
    return reader.buffer().getUnsignedByte(reader.valueAt());
  }

  private int firstByte(int length) {
    return byteIn(Integer.BYTES, length);
  }

  private int intIn(int length) {
    if (length != Integer.BYTES) {
      isFaulty = true;
      return 0;
    }
    return reader.buffer().getInt(reader.valueAt());
  }

  private void takeToken(int length) {
    if (length != TOKEN_BYTES) {
      isFaulty = true;
    } else if (!hasToken) {
      hasToken = true;
      token = reader.buffer().getLong(reader.valueAt());
    }
  }

  private void takeConnectionId(int length) {
    int value = intIn(length);
    if (!hasConnectionId) {
      hasConnectionId = true;
      connectionId = value;
    }
  }

  private void takePeer() {
    if (peerCount == peers.size()) {
      peers.add(new AddressSlot());
    }
    if (reader.xorAddress(peers.get(peerCount))) {
      peerCount++;
    } else {
      isFaulty = true;
    }
  }

  /** Those about credentials are the authenticator's; answers' attributes do not matter here. */
  private void takeOther(int type) {
    boolean known =
        switch (type) {
          case AttributeType.MAPPED_ADDRESS,
              AttributeType.USERNAME,
              AttributeType.MESSAGE_INTEGRITY,
              AttributeType.ERROR_CODE,
              AttributeType.UNKNOWN_ATTRIBUTES,
              AttributeType.REALM,
              AttributeType.NONCE,
              AttributeType.XOR_RELAYED_ADDRESS,
              AttributeType.MESSAGE_INTEGRITY_SHA256,
              AttributeType.PASSWORD_ALGORITHM,
              AttributeType.USERHASH,
              AttributeType.XOR_MAPPED_ADDRESS ->
              true;
          default -> !AttributeType.isComprehensionRequired(type);
        };
    if (!known) {
      takeUnknown(type);
    }
  }

  /** The message, wherever in it the reader stands. */
  StunReader reader() {
    return reader;
  }

  boolean hasFingerprint() {
    return fingerprint;
  }

  /** Whether the FINGERPRINT, if any, fits. */
  boolean isWhole() {
    return !fingerprint || fingerprintIsRight;
  }

  /** Whether an attribute that is known has not the form that it must have. */
  boolean isFaulty() {
    return isFaulty;
  }

  /** How many attributes are not known but would have to be; those beyond 16 are not told. */
  int unknowns() {
    return unknowns;
  }

  int unknown(int i) {
    return unknown[i];
  }

  boolean changesAddress() {
    return change != ABSENT && (change & ChangeRequest.CHANGE_IP) != 0;
  }

  boolean changesPort() {
    return change != ABSENT && (change & ChangeRequest.CHANGE_PORT) != 0;
  }

  int responsePort() {
    return responsePort;
  }

  boolean hasPadding() {
    return paddingLength != ABSENT;
  }

  int paddingLength() {
    return paddingLength;
  }

  /** The number of an IP protocol. */
  int requestedTransport() {
    return requestedTransport;
  }

  int requestedFamily() {
    return requestedFamily;
  }

  int additionalFamily() {
    return additionalFamily;
  }

  static boolean isFamily(int family) {
    return family == AddressFamily.IPV4 || family == AddressFamily.IPV6;
  }

  static boolean isIpv4(int family) {
    return family == AddressFamily.IPV4;
  }

  boolean wantsEvenPort() {
    return evenPort != ABSENT;
  }

  boolean reservesNextPort() {
    return evenPort != ABSENT && (evenPort & RESERVE_NEXT) != 0;
  }

  /** Seconds. */
  long lifetime() {
    return lifetime;
  }

  int channelNumber() {
    return channelNumber;
  }

  boolean wantsNoFragments() {
    return dontFragment;
  }

  boolean hasToken() {
    return hasToken;
  }

  long token() {
    return token;
  }

  boolean hasConnectionId() {
    return hasConnectionId;
  }

  int connectionId() {
    return connectionId;
  }

  int peers() {
    return peerCount;
  }

  AddressSlot peer(int i) {
    return peers.get(i);
  }

  boolean hasData() {
    return dataAt != ABSENT;
  }

  /** The index of the data in the message's buffer. */
  int dataAt() {
    return dataAt;
  }

  int dataLength() {
    return dataLength;
  }

  boolean hasTicket() {
    return ticketAt != ABSENT;
  }

  int ticketAt() {
    return ticketAt;
  }

  int ticketLength() {
    return ticketLength;
  }
}
