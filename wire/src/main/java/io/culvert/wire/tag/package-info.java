/**
 * The {@code tag} protocol: a server, which knows its clients by tags, introduces a caller to a
 * callee; the two open a UDP hole through both their NATs, and then TCP on the same ports.
 *
 * <p>Every message is one JSON object. To and from the server, and between the peers until TCP is
 * up, it is one UDP datagram of at most 1024 bytes; on the TCP connection it stands behind Len(2),
 * the number of its bytes, at most 1024.
 *
 * <pre>
 *   t                          from, to          fields besides t; [those that may be missing]
 *   1 Register                 client to server  mid [usn] extra{[lanhost lanport]}
 *  -1 Registered               server to client  mid extra{tag}
 *   2 Heartbeat                client to server  mid tag
 *  -2 HeartbeatAccepted        server to client  mid
 *   3 ListTags                 client to server  mid tag
 *  -3 TagList                  server to client  mid extra{tags [more]}
 *   4 Dial                     caller to server  mid ltag extra{rtag [lanhost lanport]}
 *  -4 Dialing                  server to caller  mid extra{token}
 *  10 Knock                    server to callee  mid extra{token host port [lanhost lanport]}
 * -10 KnockAnswer              callee to server  mid token [code em] extra{[port lanhost lanport]}
 *  11 Answer                   server to caller  mid token [code em]
 *                                                extra{host port [lanhost lanport]}
 * -11 AnswerReceived           caller to server  mid token
 *
 *  30 Open                     callee to caller  nothing
 *  31 Probe                    caller to callee  mid token
 * -31 ProbeAnswer              callee to caller  mid token [code em]
 *  32 Connect, on TCP          caller to callee  mid token extra{op}
 * -32 ConnectAnswer, on TCP    callee to caller  mid token [code em] extra{conkey}
 *
 *  -1 to -4, code not 200: Refused               mid code [em]
 * </pre>
 *
 * <p>{@code t}, {@code mid}, {@code code}, {@code op} and ports are whole numbers, {@code tags} is
 * an array of text, {@code more} a boolean, all else is text. A reply repeats the {@code mid} of
 * its request. {@code code} is 200 when it is missing, which means success; when it is another
 * there is no {@code extra}. {@code em} says why; empty it counts as missing, and so does an empty
 * {@code usn}. A member that is {@code null} is missing.
 *
 * <p>{@code token}, {@code tag}, {@code rtag} and {@code ltag} are read at the top level or in
 * {@code extra}, wherever they are (in both only when they are equal), and written where the table
 * has them. Unknown members are ignored.
 *
 * <p>Malformed is what lacks a member it must have, or has one that is not what it must be: an
 * identifier (tags, tokens, {@code conkey}) that is empty, longer than 64 bytes of UTF-8 or has
 * control characters in it; a {@code usn} that is longer or has such; a host that is no IP address
 * (names are never looked up); a port outside 1 to 65535. {@code lanhost} and {@code lanport} that
 * are no address count as missing: the message is good without them. {@code em} is for people and
 * never makes a message malformed by its content: what is longer than 200 bytes is cut there,
 * control characters but tabs and line ends become spaces.
 */
@NullMarked
package io.culvert.wire.tag;

import org.jspecify.annotations.NullMarked;
