package io.culvert.server.flow;

/** What has become of a message to a client. */
enum Delivery {
  DELIVERED,
  /** There is no such client. */
  OFFLINE,
  /** The client has not read what it was sent before, and has been disconnected for it. */
  TOO_SLOW,
  /** No frame can carry it. */
  TOO_LONG
}
