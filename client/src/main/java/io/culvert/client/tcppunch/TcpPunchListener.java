package io.culvert.client.tcppunch;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;

/**
 * What happens to a peer that is online. All methods are called on the client's event loop and must
 * return at once. One that throws is logged; the invitation is then declined, the link closed.
 */
public interface TcpPunchListener {
  /** Declines every invitation. */
  TcpPunchListener NOBODY =
      new TcpPunchListener() {
        @Override
        public boolean onInvitation(String peer) {
          return false;
        }
      };

  /** Whether to meet that peer. The protocol has no word for "no": it will hear nothing. */
  default boolean onInvitation(String peer) {
    return true;
  }

  /** The link to a peer whose invitation was accepted. It is the receiver's to close. */
  default void onLink(Link link) {
    link.abort();
  }

  /** An invitation was accepted, but no link came of it. */
  default void onFailure(String peer, CulvertException why) {}

  /** The connection to the server is gone, and with it the ClientId. Links live on. */
  default void onOffline(CulvertException why) {}
}
