package io.culvert.server.stun;

import io.culvert.server.net.Counters;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunReader;
import io.culvert.wire.stun.StunWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Answers Binding requests and nothing else (RFC 8489 §6.3): what is wrong, or asks for something
 * else, is dropped without a word, since over UDP the word would go to whomever the sender named.
 * For the same reason an answer carries no more than it must: 32 bytes to 20 over IPv4. It has a
 * FINGERPRINT when the request has one.
 *
 * <p>Keeps nothing between two requests and allocates nothing but the answer's buffer. Not
 * thread-safe.
 */
final class BindingResponder {
  private static final int USUAL_ANSWER_BYTES = 64;

  private final StunReader reader = new StunReader();
  private final StunWriter writer = new StunWriter();
  private final Counters<StunCounter> counters;
  private boolean fingerprint;

  BindingResponder(Counters<StunCounter> counters) {
    this.counters = counters;
  }

  /** The answer to one message, which is its receiver's to release; null when there is none. */
  @Nullable ByteBuf answer(ByteBuf message, InetSocketAddress from, ByteBufAllocator memory) {
    StunCounter outcome = judge(message);
    counters.count(outcome);
    return switch (outcome) {
      case ANSWERED -> {
        ByteBuf answer = memory.ioBuffer(USUAL_ANSWER_BYTES);
        writer.beginAnswer(answer, StunClass.SUCCESS, reader).xorMappedAddress(from);
        yield ended(answer);
      }
      case UNKNOWN_ATTRIBUTE -> {
        ByteBuf answer = memory.ioBuffer(USUAL_ANSWER_BYTES);
        writer.beginAnswer(answer, StunClass.ERROR, reader).errorCode(ErrorCode.UNKNOWN_ATTRIBUTE);
        writeUnknownTypes(message, answer);
        yield ended(answer);
      }
      default -> null;
    };
  }

  private StunCounter judge(ByteBuf message) {
    fingerprint = false;
    boolean unknown = false;
    try {
      reader.open(message);
      while (reader.next()) {
        unknown |= isUnknown(reader.type());
        if (reader.type() == AttributeType.FINGERPRINT) {
          fingerprint = true;
          if (!reader.fingerprintIsRight()) {
            return StunCounter.BAD_FINGERPRINT;
          }
        }
      }
    } catch (MalformedMessageException e) {
      return StunCounter.MALFORMED;
    }
    if (reader.messageClass() != StunClass.REQUEST) {
      return StunCounter.NO_REQUEST;
    }
    if (reader.method() != StunMessage.BINDING) {
      return StunCounter.UNKNOWN_METHOD;
    }
    return unknown ? StunCounter.UNKNOWN_ATTRIBUTE : StunCounter.ANSWERED;
  }

  private void writeUnknownTypes(ByteBuf message, ByteBuf answer) {
    int at = writer.open(AttributeType.UNKNOWN_ATTRIBUTES);
    try {
      reader.open(message);
      while (reader.next()) {
        if (isUnknown(reader.type())) {
          answer.writeShort(reader.type());
        }
      }
    } catch (MalformedMessageException e) {
      throw new AssertionError("the message was sound a moment ago", e);
    }
    writer.close(at);
  }

  private ByteBuf ended(ByteBuf answer) {
    if (fingerprint) {
      writer.fingerprint();
    }
    return answer;
  }

  /**
   * Whether the request must be refused for having this attribute. One that has no place in a
   * request, or is about credentials, which nobody needs here, does not matter (RFC 8489 §14).
   */
  private static boolean isUnknown(int type) {
    return AttributeType.isComprehensionRequired(type)
        && switch (type) {
          case AttributeType.MAPPED_ADDRESS,
              AttributeType.USERNAME,
              AttributeType.MESSAGE_INTEGRITY,
              AttributeType.ERROR_CODE,
              AttributeType.UNKNOWN_ATTRIBUTES,
              AttributeType.REALM,
              AttributeType.NONCE,
              AttributeType.MESSAGE_INTEGRITY_SHA256,
              AttributeType.XOR_MAPPED_ADDRESS ->
              false;
          default -> true;
        };
  }
}
