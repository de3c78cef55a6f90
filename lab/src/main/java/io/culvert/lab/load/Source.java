package io.culvert.lab.load;

/** Where packets come from. */
@FunctionalInterface
interface Source {
  /** Sends the next packet of one of them. */
  void send(int which, long now);
}
