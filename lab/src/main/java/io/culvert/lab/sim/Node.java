package io.culvert.lab.sim;

/** What has interfaces. */
sealed interface Node permits Host, Router {
  void receive(Packet packet, Interface at);
}
