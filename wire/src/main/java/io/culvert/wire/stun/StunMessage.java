package io.culvert.wire.stun;

import java.util.List;
import java.util.Optional;

/**
 * A STUN message; the package's page shows its bytes.
 *
 * @param method 0 to 0xfff, for example {@link #BINDING}
 * @param attributes in the order of the message; behind a MESSAGE-INTEGRITY, for which its receiver
 *     would ignore all others, only MESSAGE-INTEGRITY-SHA256 and FINGERPRINT, in this order
 */
public record StunMessage(
    StunClass messageClass,
    int method,
    TransactionId transactionId,
    List<StunAttribute> attributes) {
  /** The method by which a client learns its address. */
  public static final int BINDING = 0x001;

  /** The methods of TURN (RFC 8656 §17). */
  public static final int ALLOCATE = 0x003;

  public static final int REFRESH = 0x004;
  public static final int SEND = 0x006;
  public static final int DATA = 0x007;
  public static final int CREATE_PERMISSION = 0x008;
  public static final int CHANNEL_BIND = 0x009;

  /** The methods of TURN with connections to peers (RFC 6062 §6.1). */
  public static final int CONNECT = 0x00a;

  public static final int CONNECTION_BIND = 0x00b;
  public static final int CONNECTION_ATTEMPT = 0x00c;

  private static final int MAX_METHOD = 0xfff;

  public StunMessage {
    if (method < 0 || method > MAX_METHOD) {
      throw new IllegalArgumentException("a method has 12 bits, unlike " + method);
    }
    attributes = List.copyOf(attributes);
    int place = 0;
    for (StunAttribute attribute : attributes) {
      int itsPlace = AttributeType.place(attribute.type());
      if (place > 0 && itsPlace <= place) {
        throw new IllegalArgumentException(attribute + " is behind what vouches for it");
      }
      place = itsPlace;
    }
  }

  /** A request to learn one's address, with these attributes. */
  public static StunMessage bindingRequest(
      TransactionId transactionId, StunAttribute... attributes) {
    return new StunMessage(StunClass.REQUEST, BINDING, transactionId, List.of(attributes));
  }

  /** An answer to this request: the same method and transaction. */
  public StunMessage answer(StunClass answerClass, StunAttribute... attributes) {
    return new StunMessage(answerClass, method, transactionId, List.of(attributes));
  }

  /** Whether this may be the answer to that request: success or error of the same transaction. */
  public boolean answers(StunMessage request) {
    return switch (messageClass) {
      case SUCCESS, ERROR ->
          method == request.method && transactionId.equals(request.transactionId);
      case REQUEST, INDICATION -> false;
    };
  }

  /** The first attribute of that type, which is the only one that counts (RFC 8489 §14). */
  public <T extends StunAttribute> Optional<T> first(Class<T> type) {
    return attributes.stream().filter(type::isInstance).map(type::cast).findFirst();
  }
}
