package io.culvert.server.turn;

/** Why an allocation has ended. */
enum EndReason {
  EXPIRED("not refreshed in time"),
  RELEASED("released by the client"),
  CLIENT_GONE("the client's connection has ended"),
  PORT_LOST("the relay port could not be had again"),
  SERVER_STOPS("the server stops");

  private final String text;

  EndReason(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
