package io.culvert.server.flow;

/**
 * The STUN and TURN server that peers are sent to: at the same address as this one.
 *
 * @param port of UDP and TCP
 * @param credentials what lets peers relay there
 */
public record RelayServer(int port, RelayCredentials credentials) {}
