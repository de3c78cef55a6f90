/**
 * STUN, RFC 8489: a client asks a server from which address its packets seem to come.
 *
 * <p>All integers are big-endian.
 *
 * <pre>
 * message     00 Type(14 bits) Length(2) 0x2112a442 TransactionId(12) Attributes(Length)
 *             Length is a multiple of 4 and does not count the first 20 bytes
 *             Type is a method with the two bits of the class in its midst: M11-M7 C1 M6-M4 C0 M3-M0
 *             class   0 request   1 indication   2 success   3 error
 *             method  0x001 Binding
 *
 * attribute   Type(2) Length(2) Value(Length) and up to 3 bytes of padding, to a multiple of 4
 *             Types below 0x8000 must be understood; others may be ignored.
 *
 *   0x0001 MAPPED-ADDRESS        0(1) Family(1) Port(2) Address(4 or 16); family 1 IPv4, 2 IPv6
 *   0x0006 USERNAME              text
 *   0x0008 MESSAGE-INTEGRITY     HMAC-SHA1(20)
 *   0x0009 ERROR-CODE            0(2) Hundreds(1) Rest(1) reason
 *   0x000a UNKNOWN-ATTRIBUTES    Type(2) …
 *   0x0014 REALM                 text
 *   0x0015 NONCE                 text
 *   0x001c MESSAGE-INTEGRITY-    HMAC-SHA256(16 to 32)
 *          SHA256
 *   0x0020 XOR-MAPPED-ADDRESS    as MAPPED-ADDRESS, port and address XOR the bytes of the message
 *                                from 0x2112a442 on
 *   0x8022 SOFTWARE              text
 *   0x8028 FINGERPRINT           CRC-32 of all before it XOR 0x5354554e; always the last one
 * </pre>
 *
 * Text is UTF-8. Over UDP a message is a datagram; over TCP one follows the other.
 */
@NullMarked
package io.culvert.wire.stun;

import org.jspecify.annotations.NullMarked;
