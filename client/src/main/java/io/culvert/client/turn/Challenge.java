package io.culvert.client.turn;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.NonceCookie;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.Algorithm;
import io.culvert.wire.stun.StunAttribute.ChosenPasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.PasswordAlgorithms;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunReader;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a server wants to see in requests, RFC 8489 §9.2, and the key that its answers are known by.
 * Immutable.
 */
final class Challenge {
  private final List<StunAttribute> credentials;
  private final StunKey key;
  private final boolean sha256;

  private Challenge(List<StunAttribute> credentials, StunKey key, boolean sha256) {
    this.credentials = credentials;
    this.key = key;
    this.sha256 = sha256;
  }

  /**
   * The challenge in an error 401 or 438 (RFC 8489 §9.2.5). Empty when there is none that could be
   * met, or when somebody on the way has taken the better algorithms out of it.
   */
  static Optional<Challenge> of(StunMessage error, TurnLogin login) {
    Optional<Realm> realm = error.first(Realm.class);
    Optional<Nonce> nonce = error.first(Nonce.class);
    if (realm.isEmpty() || nonce.isEmpty()) {
      return Optional.empty();
    }
    Optional<NonceCookie> cookie = NonceCookie.of(nonce.get().value());
    Optional<PasswordAlgorithms> offered = error.first(PasswordAlgorithms.class);
    boolean offers = cookie.filter(NonceCookie::passwordAlgorithms).isPresent();
    if (offers && offered.isEmpty()) {
      return Optional.empty();
    }
    boolean anonymous = cookie.filter(NonceCookie::usernameAnonymity).isPresent();
    try {
      return offers
          ? chosen(offered.get())
              .map(algorithm ->
                  new Challenge(
                      with(
                          credentials(login, realm.get(), nonce.get(), anonymous),
                          offered.get(),
                          new ChosenPasswordAlgorithm(Algorithm.of(algorithm))),
                      key(algorithm, login, realm.get()),
                      true))
          : Optional.of(
              new Challenge(
                  credentials(login, realm.get(), nonce.get(), anonymous),
                  key(PasswordAlgorithm.MD5, login, realm.get()),
                  false));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // a realm that no key can be made with
    }
  }

  /** Appends the request as this server wants to see it. */
  void write(Request request, TransactionId id, ByteBuf out) {
    List<StunAttribute> attributes = new ArrayList<>(request.attributes());
    attributes.addAll(credentials);
    StunWriter writer =
        new StunWriter()
            .begin(out, new StunMessage(StunClass.REQUEST, request.method(), id, attributes));
    if (sha256) {
      writer.messageIntegritySha256(key);
    } else {
      writer.messageIntegrity(key);
    }
    writer.fingerprint();
  }

  /** Whether the answer is the server's: nobody else knows the key. */
  boolean vouchesFor(ByteBuf answer) {
    int type = sha256 ? AttributeType.MESSAGE_INTEGRITY_SHA256 : AttributeType.MESSAGE_INTEGRITY;
    StunReader reader = new StunReader();
    try {
      reader.open(answer);
      while (reader.next()) {
        if (reader.type() == type) {
          return reader.integrityIsRight(key);
        }
      }
      return false;
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  private static Optional<PasswordAlgorithm> chosen(PasswordAlgorithms offered) {
    return offered.algorithms().stream()
        .map(algorithm -> Optional.ofNullable(PasswordAlgorithm.of(algorithm.number())))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static List<StunAttribute> credentials(
      TurnLogin login, Realm realm, Nonce nonce, boolean anonymous) {
    StunAttribute who =
        anonymous ? UserHash.of(login.username(), realm.name()) : new Username(login.username());
    return List.of(who, realm, nonce);
  }

  private static List<StunAttribute> with(List<StunAttribute> first, StunAttribute... more) {
    List<StunAttribute> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  private static StunKey key(PasswordAlgorithm algorithm, TurnLogin login, Realm realm) {
    return StunKey.longTerm(algorithm, login.username(), realm.name(), login.password());
  }
}
