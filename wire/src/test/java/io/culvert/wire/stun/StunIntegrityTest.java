package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.stun.StunAttribute.UserHash;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StunIntegrityTest {
  private static final TransactionId ONE = new TransactionId(0, 1);
  private static final StunKey KEY = StunKey.shortTerm("secret");

  /**
   * The sample of RFC 8489, B.1, with the length that it must have: the one that is printed there,
   * 0x9c, counts the header, too. The HMAC was made anew for it, by another program.
   */
  private static final byte[] SHA256_REQUEST =
      StunDecoding.bytes(
          """
          00010088 2112a442 78ad3433 c6ad72c0 29da412e
          001e0020 4a3cf38f ef6992bd a952c678 0417da0f 24819415 569e60b2 05c46e41 407f1704
          00150029 6f624d61 744a6f73 32414141 43662f2f 3439396b 39353464 364f4c33 346f4c39
                   46535476 79363473 41000000
          0014000b 6578616d 706c652e 6f726700
          001c0020 234112fb d4e27f98 3eb40328 36f99821 6f5b23f8 d927753f bc4f882b fbdf0dec
          """);

  private static final StunKey SHA256_KEY =
      StunKey.longTerm(
          PasswordAlgorithm.SHA_256, Rfc5769.USERNAME, Rfc5769.REALM, Rfc5769.PASSWORD);

  @ParameterizedTest
  @EnumSource
  void theSamplesAreMadeWithTheirKeys(Rfc5769 sample) throws Exception {
    assertThat(isRight(sample.bytes(), AttributeType.MESSAGE_INTEGRITY, sample.key())).isTrue();
    assertThat(isRight(sample.bytes(), AttributeType.MESSAGE_INTEGRITY, KEY)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void theSamplesAreMadeAgainByteForByte(Rfc5769 sample) throws Exception {
    assertThat(madeAgain(sample.bytes(), sample.key())).isEqualTo(sample.bytes());
  }

  @Test
  void theSampleWithSha256IsRightAndIsMadeAgain() throws Exception {
    assertThat(isRight(SHA256_REQUEST, AttributeType.MESSAGE_INTEGRITY_SHA256, SHA256_KEY))
        .isTrue();
    assertThat(madeAgain(SHA256_REQUEST, SHA256_KEY)).isEqualTo(SHA256_REQUEST);
    assertThat(isRight(SHA256_REQUEST, AttributeType.MESSAGE_INTEGRITY_SHA256, KEY)).isFalse();
  }

  /** RFC 8489, B.1, as it is printed: it is no message, but it has an HMAC. */
  @Test
  void theSampleWithSha256HasThePrintedHmacWithThePrintedLength() {
    byte[] text = Arrays.copyOf(SHA256_REQUEST, SHA256_REQUEST.length - 36);
    text[3] = (byte) 0x9c;
    assertThat(new Hmac("SHA-256", 32).of(SHA256_KEY.bytes(), text, text.length))
        .isEqualTo(
            StunDecoding.bytes(
                """
                e4686c8f 0edeb590 13e07090 010a93ef ccbccc54 4c0a45d9 f830aa6d 6f735a01
                """));
  }

  @Test
  void theSampleWithSha256NamesItsUserByAHash() throws Exception {
    StunMessage message = StunCodec.decode(Unpooled.wrappedBuffer(SHA256_REQUEST));
    assertThat(message.first(UserHash.class))
        .contains(UserHash.of(Rfc5769.USERNAME, Rfc5769.REALM));
  }

  @ParameterizedTest
  @EnumSource
  void noBitOfASampleCanChange(Rfc5769 sample) {
    byte[] bytes = sample.bytes();
    int integrityEnd = bytes.length - (sample == Rfc5769.SAMPLE_LONG_TERM_REQUEST ? 0 : 8);
    for (int bit = 0; bit < integrityEnd * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(StunDecoding.isMadeWith(changed, sample.key())).as("bit %s", bit).isFalse();
    }
  }

  /**
   * Case 35 of the attacks: an end may be cut off, but not so much that the rest can be guessed.
   */
  @Test
  void anHmacOfSha256MayBeCutOffInFoursDownTo16Bytes() throws Exception {
    for (int length = 0; length <= 40; length++) {
      boolean allowed = length >= 16 && length <= 32 && length % 4 == 0;
      byte[] message = cutSha256(length);
      assertThat(isRight(message, AttributeType.MESSAGE_INTEGRITY_SHA256, KEY))
          .as("%s bytes", length)
          .isEqualTo(allowed);
      assertThat(StunDecoding.of(message).message() != null).isEqualTo(allowed);
      if (length > 0) {
        message[message.length - StunLayout.padded(length) + length - 1] ^= 1;
        assertThat(isRight(message, AttributeType.MESSAGE_INTEGRITY_SHA256, KEY)).isFalse();
      }
    }
  }

  @Test
  void anHmacOfSha1MayNotBeCutOff() throws Exception {
    byte[] message = write(writer -> writer.messageIntegrity(KEY));
    byte[] cut = Arrays.copyOf(message, message.length - 4);
    cut[3] = 4 + 16;
    cut[23] = 16;
    assertThat(isRight(cut, AttributeType.MESSAGE_INTEGRITY, KEY)).isFalse();
  }

  @Test
  void bothIntegritiesAndAFingerprintCanBeInOneMessage() throws Exception {
    byte[] message =
        write(writer -> writer.messageIntegrity(KEY).messageIntegritySha256(KEY).fingerprint());
    assertThat(isRight(message, AttributeType.MESSAGE_INTEGRITY, KEY)).isTrue();
    assertThat(isRight(message, AttributeType.MESSAGE_INTEGRITY_SHA256, KEY)).isTrue();
    assertThat(StunDecoding.of(message).refusal()).isNull();
  }

  /** The first one comes before the second, which vouches for it, too. */
  @Test
  void sha256VouchesForTheOtherIntegrity() throws Exception {
    byte[] message = write(writer -> writer.messageIntegrity(KEY).messageIntegritySha256(KEY));
    message[message.length - 37] ^= 1;
    assertThat(isRight(message, AttributeType.MESSAGE_INTEGRITY, KEY)).isFalse();
    assertThat(isRight(message, AttributeType.MESSAGE_INTEGRITY_SHA256, KEY)).isFalse();
  }

  /** Case 31 of the attacks. */
  @ParameterizedTest
  @ValueSource(ints = {AttributeType.MESSAGE_INTEGRITY, AttributeType.MESSAGE_INTEGRITY_SHA256})
  void whatWasPutBehindTheIntegrityDoesNotCount(int integrity) throws Exception {
    boolean sha1 = integrity == AttributeType.MESSAGE_INTEGRITY;
    byte[] message =
        write(writer -> {
          writer.unsignedInt(AttributeType.LIFETIME, 600);
          return (sha1 ? writer.messageIntegrity(KEY) : writer.messageIntegritySha256(KEY))
              .unsignedInt(AttributeType.LIFETIME, 0)
              .xorAddress(AttributeType.XOR_PEER_ADDRESS, 0, 0xffff_7f00_0001L, 80, true)
              .text(AttributeType.USERNAME, "root")
              .messageIntegrity(KEY)
              .fingerprint();
        });
    assertThat(isRight(message, integrity, KEY)).isTrue();
    StunReader reader = new StunReader();
    reader.open(Unpooled.wrappedBuffer(message));
    assertThat(reader.next()).isTrue();
    assertThat(reader.unsignedInt()).isEqualTo(600);
    assertThat(reader.next()).isTrue();
    assertThat(reader.type()).isEqualTo(integrity);
    assertThat(reader.next()).isTrue();
    assertThat(reader.type()).isEqualTo(AttributeType.FINGERPRINT);
    assertThat(reader.next()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("buffers")
  void itDoesNotMatterWhereTheMessageLies(ByteBuf buffer) throws Exception {
    byte[] expected = write(writer -> writer.messageIntegrity(KEY).messageIntegritySha256(KEY));
    StunWriter writer = new StunWriter();
    StunReader reader = new StunReader();
    for (int offset : new int[] {0, 1, 7, 20, 1000}) {
      buffer.clear().writeZero(offset);
      writer.begin(buffer, StunClass.REQUEST, StunMessage.REFRESH, ONE);
      writer.messageIntegrity(KEY).messageIntegritySha256(KEY);
      int length = buffer.writerIndex() - offset;
      assertThat(ByteBufUtil.getBytes(buffer, offset, length)).isEqualTo(expected);
      reader.open(buffer, offset, length);
      assertThat(reader.next()).isTrue();
      assertThat(reader.integrityIsRight(KEY)).isTrue();
      assertThat(reader.next()).isTrue();
      assertThat(reader.integrityIsRight(KEY)).isTrue();
      assertThat(reader.integrityIsRight(StunKey.shortTerm("other"))).isFalse();
    }
    buffer.release();
  }

  @Test
  void aLongMessageBetweenShortOnesChangesNothing() throws Exception {
    StunWriter writer = new StunWriter();
    StunReader reader = new StunReader();
    for (int bytes : new int[] {1, 65_000, 2, 600, 65_400, 3}) {
      ByteBuf out = Unpooled.buffer();
      writer.begin(out, StunClass.REQUEST, StunMessage.SEND, ONE);
      writer.bytes(AttributeType.DATA, new byte[bytes]).messageIntegrity(KEY);
      reader.open(out);
      assertThat(reader.next()).isTrue();
      assertThat(reader.next()).isTrue();
      assertThat(reader.integrityIsRight(KEY)).as("%s bytes", bytes).isTrue();
    }
  }

  static ByteBuf[] buffers() {
    return new ByteBuf[] {
      Unpooled.buffer(),
      Unpooled.directBuffer(),
      Unpooled.wrappedBuffer(new byte[1010], new byte[3], new byte[200])
    };
  }

  private interface Writing {
    StunWriter to(StunWriter writer);
  }

  private static byte[] write(Writing writing) {
    ByteBuf out = Unpooled.buffer();
    writing.to(new StunWriter().begin(out, StunClass.REQUEST, StunMessage.REFRESH, ONE));
    return ByteBufUtil.getBytes(out);
  }

  /** A message that ends with that much of what would be the right HMAC for it. */
  private static byte[] cutSha256(int length) {
    ByteBuf out = Unpooled.buffer();
    StunWriter writer = new StunWriter().begin(out, StunClass.REQUEST, StunMessage.REFRESH, ONE);
    int end = out.writerIndex();
    writer.bytes(AttributeType.MESSAGE_INTEGRITY_SHA256, new byte[length]);
    byte[] text = ByteBufUtil.getBytes(out, 0, end);
    text[2] = (byte) ((4 + length) >> 8);
    text[3] = (byte) (4 + length);
    byte[] hmac = new Hmac("SHA-256", 32).of(KEY.bytes(), text, text.length);
    out.setBytes(end + 4, Arrays.copyOf(hmac, length));
    return ByteBufUtil.getBytes(out);
  }

  /** Writes everything but the vouching attributes as it is, padding included. */
  private static byte[] madeAgain(byte[] sample, StunKey key) throws Exception {
    ByteBuf in = Unpooled.wrappedBuffer(sample);
    ByteBuf out = Unpooled.buffer();
    StunReader reader = new StunReader();
    reader.open(in);
    StunWriter writer =
        new StunWriter().begin(out, reader.messageClass(), reader.method(), reader.transactionId());
    while (reader.next()) {
      switch (reader.type()) {
        case AttributeType.MESSAGE_INTEGRITY -> writer.messageIntegrity(key);
        case AttributeType.MESSAGE_INTEGRITY_SHA256 -> writer.messageIntegritySha256(key);
        case AttributeType.FINGERPRINT -> writer.fingerprint();
        default -> {
          writer.bytes(reader.type(), in, reader.valueAt(), reader.valueLength());
          int end = reader.valueAt() + reader.valueLength();
          for (int i = end; i < out.writerIndex(); i++) {
            out.setByte(i, in.getByte(i));
          }
        }
      }
    }
    return ByteBufUtil.getBytes(out);
  }

  private static boolean isRight(byte[] message, int type, StunKey key) throws Exception {
    StunReader reader = new StunReader();
    reader.open(Unpooled.wrappedBuffer(message));
    while (reader.next()) {
      if (reader.type() == type) {
        return reader.integrityIsRight(key);
      }
    }
    throw new AssertionError("no integrity in " + HexFormat.of().formatHex(message));
  }
}
