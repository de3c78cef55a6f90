package io.culvert.traversal.ice;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.IceAttribute.Priority;
import io.culvert.wire.stun.IceAttribute.UseCandidate;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Unknown;
import io.culvert.wire.stun.StunAttribute.UnknownAttributes;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunReader;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Connectivity checks and their answers as bytes, RFC 8445 §7. */
final class Checks {
  private final StunReader reader = new StunReader();
  private final IceCredentials ours;
  private final StunKey ourKey;
  private @Nullable IceCredentials theirs;
  private @Nullable StunKey theirKey;

  Checks(IceCredentials ours) {
    this.ours = ours;
    this.ourKey = StunKey.shortTerm(ours.pwd());
  }

  /** From now on checks can be made, and answers believed. */
  void peerIs(IceCredentials peer) {
    theirs = peer;
    theirKey = StunKey.shortTerm(peer.pwd());
  }

  /** Who the peer is; null when that is not known yet. */
  @Nullable IceCredentials peer() {
    return theirs;
  }

  /** A check, to a peer that is known. */
  byte[] request(
      TransactionId id, long priority, Role role, long tieBreaker, boolean useCandidate) {
    if (theirs == null || theirKey == null) {
      throw new IllegalStateException("nobody to check yet");
    }
    List<StunAttribute> attributes = new ArrayList<>();
    attributes.add(new Username(theirs.ufrag() + ":" + ours.ufrag()));
    attributes.add(new Priority(priority));
    attributes.add(role.attribute(tieBreaker));
    if (useCandidate) {
      attributes.add(new UseCandidate());
    }
    return bytes(new StunMessage(StunClass.REQUEST, StunMessage.BINDING, id, attributes), theirKey);
  }

  /** The peer has been heard, at that address. */
  byte[] success(StunMessage request, InetSocketAddress from) {
    return bytes(request.answer(StunClass.SUCCESS, new XorMappedAddress(from)), ourKey);
  }

  /** Both have the same role, and the peer is to take the other one. */
  byte[] roleConflict(StunMessage request) {
    return bytes(
        request.answer(StunClass.ERROR, new ErrorCode(ErrorCode.ROLE_CONFLICT, "Role Conflict")),
        ourKey);
  }

  /** The check says what nobody here understands. */
  byte[] notUnderstood(StunMessage request) {
    return bytes(
        request.answer(
            StunClass.ERROR,
            new ErrorCode(ErrorCode.UNKNOWN_ATTRIBUTE, "Unknown Attribute"),
            new UnknownAttributes(unknown(request))),
        ourKey);
  }

  /** Whether the check says only what can be understood (RFC 8489 §6.3.1). */
  static boolean isUnderstood(StunMessage request) {
    return unknown(request).isEmpty();
  }

  private static List<Integer> unknown(StunMessage request) {
    return request.attributes().stream()
        .filter(
            attribute -> attribute instanceof Unknown unknown && unknown.comprehensionRequired())
        .map(StunAttribute::type)
        .distinct()
        .toList();
  }

  /**
   * Whether a request is our peer's: whether it is for us, and made with our password. The name of
   * a peer that is not known yet is not compared.
   */
  boolean isPeers(StunMessage request, ByteBuf datagram) {
    String before = ours.ufrag() + ":";
    boolean forUs =
        request
            .first(Username.class)
            .map(Username::name)
            .filter(name ->
                theirs == null ? name.startsWith(before) : name.equals(before + theirs.ufrag()))
            .isPresent();
    return forUs && isMadeWith(ourKey, datagram);
  }

  /** Whether an answer has been made with the peer's password. */
  boolean isAnswer(ByteBuf datagram) {
    return theirKey != null && isMadeWith(theirKey, datagram);
  }

  private boolean isMadeWith(StunKey key, ByteBuf datagram) {
    try {
      reader.open(datagram);
      while (reader.next()) {
        if (reader.type() == AttributeType.MESSAGE_INTEGRITY) {
          return reader.integrityIsRight(key);
        }
      }
      return false;
    } catch (MalformedMessageException e) {
      throw new IllegalArgumentException("has been read before", e);
    }
  }

  private static byte[] bytes(StunMessage message, StunKey key) {
    ByteBuf out = Unpooled.buffer();
    new StunWriter().begin(out, message).messageIntegrity(key).fingerprint();
    return ByteBufUtil.getBytes(out);
  }
}
