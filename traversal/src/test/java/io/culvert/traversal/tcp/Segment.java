package io.culvert.traversal.tcp;

/**
 * What TCP sends.
 *
 * @param sequence which socket it comes from: each has a number of its own
 * @param acknowledged which socket it answers, or 0
 * @param text what a DATA segment carries
 */
record Segment(Kind kind, long sequence, long acknowledged, String text) {
  enum Kind {
    SYN,
    SYN_ACK,
    ACK,
    DATA,
    FIN,
    RST
  }

  Segment(Kind kind, long sequence, long acknowledged) {
    this(kind, sequence, acknowledged, "");
  }
}
