package io.culvert.wire.stun;

import java.net.InetSocketAddress;
import java.util.HexFormat;

/** The sample messages of RFC 5769, byte for byte. */
enum Rfc5769 {
  /** §2.1, short-term credentials, made with {@link #SHORT_TERM_KEY}. */
  SAMPLE_REQUEST(
      """
      00010058 2112a442 b7e7a701 bc34d686 fa87dfae
      80220010 5354554e 20746573 7420636c 69656e74
      00240004 6e0001ff
      80290008 932ff9b1 51263b36
      00060009 6576746a 3a683676 59202020
      00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2
      80280004 e57a3bcf
      """),
  /** §2.2, the same key. */
  SAMPLE_IPV4_RESPONSE(
      """
      0101003c 2112a442 b7e7a701 bc34d686 fa87dfae
      8022000b 74657374 20766563 746f7220
      00200008 0001a147 e112a643
      00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7
      80280004 c07d4c96
      """),
  /** §2.3, the same key. */
  SAMPLE_IPV6_RESPONSE(
      """
      01010048 2112a442 b7e7a701 bc34d686 fa87dfae
      8022000b 74657374 20766563 746f7220
      00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
      00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41
      80280004 c8fb0b4c
      """),
  /** §2.4, long-term credentials of {@link #USERNAME}. */
  SAMPLE_LONG_TERM_REQUEST(
      """
      00010060 2112a442 78ad3433 c6ad72c0 29da412e
      00060012 e3839ee3 8388e383 aae38383 e382af e382b9 0000
      0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 36347341
      0014000b 6578616d 706c652e 6f7267 00
      00080014 f6702465 6dd64a3e 02b8e071 2e85c9a2 8ca89666
      """);

  static final StunKey SHORT_TERM_KEY = StunKey.shortTerm("VOkJxbRl1RmTxUk/WvJxBt");

  static final String USERNAME = "マトリックス";
  static final String REALM = "example.org";

  /** As it is after preparation. */
  static final String PASSWORD = "TheMatrIX";

  /** What the responses of §2.2 and §2.3 tell. */
  static final InetSocketAddress IPV4 = new InetSocketAddress("192.0.2.1", 32853);

  static final InetSocketAddress IPV6 =
      new InetSocketAddress("2001:db8:1234:5678:11:2233:4455:6677", 32853);

  static final TransactionId TRANSACTION = new TransactionId(0xb7e7a701, 0xbc34d686fa87dfaeL);

  private final String hex;

  Rfc5769(String hex) {
    this.hex = hex;
  }

  /** What its integrity is made with. */
  StunKey key() {
    return this == SAMPLE_LONG_TERM_REQUEST
        ? StunKey.longTerm(PasswordAlgorithm.MD5, USERNAME, REALM, PASSWORD)
        : SHORT_TERM_KEY;
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
  }
}
