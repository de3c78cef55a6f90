package io.culvert.server.tag;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Mac;

/**
 * The tags of addresses: a keyed hash, so that an address always has the same tag without anybody
 * remembering it, and who names the right one must have received it there. Not thread-safe.
 */
final class Tags {
  static final int LENGTH = 7;

  /** Base 32 without i, l, o and u: what is read aloud or typed is not taken for another. */
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

  /** How many tags an address can have: the next one when another address has the same. */
  private static final int CHOICES = 4;

  private final Mac mac;

  Tags(TagKey key) {
    try {
      mac = Mac.getInstance(TagKey.ALGORITHM);
      mac.init(key.forMac());
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java has HmacSHA256", e);
    }
  }

  /** A tag for that address that is free; nothing when none is. */
  Optional<String> choose(InetSocketAddress address, Predicate<String> isFree) {
    return choices(address).filter(isFree).findFirst();
  }

  /** Whether the tag is one that this address, and no other, may have been told. */
  boolean belongsTo(InetSocketAddress address, String tag) {
    return choices(address).anyMatch(tag::equals);
  }

  private Stream<String> choices(InetSocketAddress address) {
    return IntStream.range(0, CHOICES).mapToObj(choice -> tag(address, choice));
  }

  private String tag(InetSocketAddress address, int choice) {
    mac.update(address.getAddress().getAddress());
    mac.update((byte) (address.getPort() >> 8));
    mac.update((byte) address.getPort());
    mac.update((byte) choice);
    long bits = ByteBuffer.wrap(mac.doFinal()).getLong();
    StringBuilder tag = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      tag.append(ALPHABET.charAt((int) (bits >>> (5 * i)) & 31));
    }
    return tag.toString();
  }
}
