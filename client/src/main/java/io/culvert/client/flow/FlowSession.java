package io.culvert.client.flow;

import io.culvert.client.ServerAddress;
import io.culvert.client.tls.ServerSecurity;

/**
 * What a login has given: what a program may keep to log in with again.
 *
 * @param account as the server writes it
 * @param token a secret, good until {@link FlowClient#logout} or until the server ends it
 * @param signalServer where to be online
 * @param security whether what the account server has said was encrypted, and by which certificate
 */
public record FlowSession(
    String account, String token, ServerAddress signalServer, ServerSecurity security) {
  /** Without the token. */
  @Override
  public String toString() {
    return "FlowSession[account=%s, signalServer=%s, security=%s]"
        .formatted(account, signalServer, security);
  }
}
