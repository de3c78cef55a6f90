package io.culvert.client.peer;

import io.culvert.client.CulvertException;

/** There is no way to a peer; says what has been tried, and what would help. */
public final class NoWayException extends CulvertException {
  private static final long serialVersionUID = 1L;

  private final transient Explanation why;

  NoWayException(Explanation why) {
    super(
        Reason.NOT_PUNCHED,
        "Nothing gets through to %s, neither directly nor through a relay. %s"
            .formatted(why.peer(), String.join(" ", why.notes()))
            .strip());
    this.why = why;
  }

  /** All that is known of that. */
  public Explanation why() {
    return why;
  }
}
