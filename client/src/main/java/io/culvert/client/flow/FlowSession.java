package io.culvert.client.flow;

import io.culvert.client.ServerAddress;

/**
 * What a login has given: what a program may keep to log in with again.
 *
 * @param account as the server writes it
 * @param token a secret, good until {@link FlowClient#logout} or until the server ends it
 * @param signalServer where to be online
 */
public record FlowSession(String account, String token, ServerAddress signalServer) {
  /** Without the token. */
  @Override
  public String toString() {
    return "FlowSession[account=%s, signalServer=%s]".formatted(account, signalServer);
  }
}
