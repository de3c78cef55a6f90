package io.culvert.server.turn;

/** Says who has made a request. One loop's. */
@FunctionalInterface
interface Authentication {
  /**
   * Whether it is known who has made the request, which is written into the exchange then. If not,
   * it has been answered, or deserves no answer.
   */
  boolean identifies(Exchange exchange, long nowNanos);
}
