package io.culvert.client.tag;

import io.culvert.client.CulvertException;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What happens to a client that is registered. All methods are called on the client's event loop
 * and must return at once. One that throws is logged; the call is then refused, the link closed.
 */
public interface TagListener {
  /** Refuses every call. */
  TagListener NOBODY =
      new TagListener() {
        @Override
        public Optional<String> refusal(InetSocketAddress caller) {
          return Optional.of("takes no calls");
        }
      };

  /**
   * Why not to meet that caller, in a few words which it is told; empty to meet it. Callers have no
   * names in this protocol: all that is known is an address.
   */
  default Optional<String> refusal(InetSocketAddress caller) {
    return Optional.empty();
  }

  /** What has come of a call that was not refused. It is the receiver's to close. */
  default void onConnection(TagConnection connection) {
    connection.link().abort();
  }

  /** Nothing has come of a call that was not refused. */
  default void onFailure(InetSocketAddress caller, CulvertException why) {}

  /**
   * The server knows this client again, after it had forgotten it or could not be reached. The tag
   * may be another one.
   */
  default void onRegisteredAgain(String tag) {}

  /** The server does not answer; the client goes on asking. */
  default void onOffline(CulvertException why) {}
}
