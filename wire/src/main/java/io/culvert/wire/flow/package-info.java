/**
 * The {@code flow} protocol: clients log in, are online, call each other, answer and hang up. What
 * two of them tell each other to meet is relayed by the signal server, which does not read it.
 *
 * <p>A frame is {@code Len(2)}, unsigned, and that many bytes of one JSON object in UTF-8. One NUL
 * at the end of the object, counted in {@code Len}, is tolerated. Over HTTP the object goes without
 * {@code Len}.
 *
 * <pre>
 * {"head": {"signalType": int, "status": 0|-1, "sessionToken": "32 characters or empty",
 *           "seq": optional, an integer or at most 64 characters; echoed in the answer},
 *  "body": {...}}
 *
 * signalType              from              body
 *   0 HeartBeat           client            nothing; binds the token's account to this connection
 *   1 LoginRequest        client            account, password; by the head's token when no password
 *  16 LoginResponse       server            ssIP, ssPort, stunServer, userInfo {account},
 *                                           [turn]; the token is in the head
 *   2 StartSession        client            peerAccount, myAccount
 *  32 SessionStarted      server            myAccount, peerAccount, sessionID, relayIP, relayPort,
 *                                           [turn, peerTurn]
 * 401 Relay CALL          client to client  data, peerAccount (the target), myAccount (the sender)
 * 402 Relay ANSWER        client to client  as above
 * 403 Relay END           client to client  as above
 *   4 Relay, old form     client            as above; data.bizType tells which of the three it is
 *   5 Logout              client            myAccount
 *  80 LoggedOut           server            nothing
 *   5 Replaced            server            description; status -1
 *   * Failure             server            description; status -1 and the answer's signalType
 *
 * data, from the receiver's point of view: "peer" is who sends it, "my" is who gets it
 *   bizType 1024 call, 2048 answer, 4096 end
 *   call, answer: peerAccount, peerSessionID, myAccount, mySessionID,
 *                 peerInterIP, peerInterPort, peerLocalIP, peerLocalPort,
 *                 [peerRelayIP, peerRelayPort], [relayIP, relayPort], [turn],
 *                 [ice {ufrag, pwd, candidates, [nat {mapping, seen}]}], [fingerprint], [trickle],
 *                 [quic: datagrams in base64], [tcp {interIP, interPort, localIP, localPort, key}]
 *   end:          peerAccount, myAccount, endMode 0 hang up, 1 busy, 2 (or 3) refuse,
 *                 [peerSessionID, mySessionID]
 * nat: mapping "independent", "dependent" or "unknown"; seen a list of IPv4 "address:port"
 * turn, peerTurn: {urls, username, credential, ttl in seconds}
 * </pre>
 *
 * <p>Brackets mark what may be left out. {@code nego} is read as another name of {@code data}.
 * Members that are not listed are ignored, except that a relayed {@code data} passes as it is.
 */
@NullMarked
package io.culvert.wire.flow;

import org.jspecify.annotations.NullMarked;
