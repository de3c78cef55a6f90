/**
 * STUN (RFC 8489): a client asks a server from which address its packets seem to come. And TURN
 * (RFC 8656): it has packets relayed by the server; also by way of TCP (RFC 6062) and from changing
 * addresses (RFC 8016). And how a client finds out what its NAT does (RFC 5780), and whether a peer
 * can be reached (RFC 8445).
 *
 * <p>All integers are big-endian. A 0 is written as such and ignored in reading.
 *
 * <pre>
 * message     00 Type(14 bits) Length(2) 0x2112a442 TransactionId(12) Attributes(Length)
 *             Length is a multiple of 4 and does not count the first 20 bytes
 *             Type is a method with the two bits of the class in its midst: M11-M7 C1 M6-M4 C0 M3-M0
 *             class   0 request   1 indication   2 success   3 error
 *             method  0x001 Binding      0x003 Allocate          0x004 Refresh      0x006 Send
 *                     0x007 Data         0x008 CreatePermission  0x009 ChannelBind
 *                     0x00a Connect      0x00b ConnectionBind    0x00c ConnectionAttempt
 *
 * ChannelData Channel(2) Length(2) Data(Length); on a stream up to 3 bytes of padding, to a multiple
 *             of 4, and perhaps in a datagram, too. Channel is 0x4000 to 0x4fff, with RFC 5766 to
 *             0x7ffe: the first two bits of all that comes tell it from a message of STUN.
 *
 * attribute   Type(2) Length(2) Value(Length) and up to 3 bytes of padding, to a multiple of 4
 *             Types below 0x8000 must be understood; others may be ignored.
 *
 *   0x0001 MAPPED-ADDRESS        0(1) Family(1) Port(2) Address(4 or 16); family 1 IPv4, 2 IPv6
 *   0x0003 CHANGE-REQUEST        Bits(4): 4 another address, 2 another port
 *   0x0006 USERNAME              text
 *   0x0008 MESSAGE-INTEGRITY     HMAC-SHA1(20)
 *   0x0009 ERROR-CODE            0(2) Hundreds(1) Rest(1) reason
 *   0x000a UNKNOWN-ATTRIBUTES    Type(2) …
 *   0x000c CHANNEL-NUMBER        Channel(2) 0(2)
 *   0x000d LIFETIME              Seconds(4)
 *   0x0012 XOR-PEER-ADDRESS      as XOR-MAPPED-ADDRESS
 *   0x0013 DATA                  bytes
 *   0x0014 REALM                 text
 *   0x0015 NONCE                 text
 *   0x0016 XOR-RELAYED-ADDRESS   as XOR-MAPPED-ADDRESS
 *   0x0017 REQUESTED-ADDRESS-    Family(1) 0(3)
 *          FAMILY
 *   0x0018 EVEN-PORT             Bits(1): 0x80 reserve the next port
 *   0x0019 REQUESTED-TRANSPORT   Protocol(1) 0(3); 17 UDP, 6 TCP
 *   0x001a DONT-FRAGMENT         nothing
 *   0x001c MESSAGE-INTEGRITY-    HMAC-SHA256(16 to 32, a multiple of 4)
 *          SHA256
 *   0x001d PASSWORD-ALGORITHM    Number(2) Length(2) Parameters(Length), padded to a multiple of 4;
 *                                1 MD5, 2 SHA-256, both without parameters
 *   0x001e USERHASH              SHA-256(32) of the user's name, a colon and the realm
 *   0x0020 XOR-MAPPED-ADDRESS    as MAPPED-ADDRESS, port and address XOR the bytes of the message
 *                                from 0x2112a442 on
 *   0x0022 RESERVATION-TOKEN     Token(8)
 *   0x0024 PRIORITY              Priority(4)
 *   0x0025 USE-CANDIDATE         nothing
 *   0x0026 PADDING               bytes
 *   0x0027 RESPONSE-PORT         Port(2) 0(2)
 *   0x002a CONNECTION-ID         Id(4)
 *   0x8000 ADDITIONAL-ADDRESS-   Family(1) 0(3)
 *          FAMILY
 *   0x8001 ADDRESS-ERROR-CODE    Family(1) 0(1) Hundreds(1) Rest(1) reason
 *   0x8002 PASSWORD-ALGORITHMS   as PASSWORD-ALGORITHM, one behind the other
 *   0x8003 ALTERNATE-DOMAIN      text
 *   0x8004 ICMP                  0(2) IcmpType(7 bits) Code(9 bits) Data(4)
 *   0x8022 SOFTWARE              text
 *   0x8023 ALTERNATE-SERVER      as MAPPED-ADDRESS
 *   0x8027 CACHE-TIMEOUT         Seconds(4)
 *   0x8028 FINGERPRINT           CRC-32 of all before it XOR 0x5354554e; always the last one
 *   0x8029 ICE-CONTROLLED        TieBreaker(8)
 *   0x802a ICE-CONTROLLING       TieBreaker(8)
 *   0x802b RESPONSE-ORIGIN       as MAPPED-ADDRESS
 *   0x802c OTHER-ADDRESS         as MAPPED-ADDRESS
 *   0x8030 MOBILITY-TICKET       bytes
 * </pre>
 *
 * Text is UTF-8: at most 508 bytes in USERNAME, 255 in ALTERNATE-DOMAIN, 763 elsewhere. Padding is
 * zeros and ignored in reading. An HMAC and the CRC-32 are those of the message as if it ended with
 * their attribute. Over UDP a message is a datagram; over TCP one follows the other.
 */
@NullMarked
package io.culvert.wire.stun;

import org.jspecify.annotations.NullMarked;
