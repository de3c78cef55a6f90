package io.culvert.client.flow;

import io.culvert.client.ServerAddress;
import io.culvert.wire.flow.FlowMessage;

/**
 * Who wants to log in, and where.
 *
 * @param server the account server; {@link FlowClient#DEFAULT_PORT} is its port when none is named
 * @param account 1 to 255 bytes of UTF-8
 */
public record FlowLogin(ServerAddress server, String account, Credential credential) {
  public FlowLogin {
    if (!FlowMessage.isAccount(account)) {
      throw new IllegalArgumentException(
          "an account's name has 1 to " + FlowMessage.MAX_ACCOUNT_BYTES + " bytes of text");
    }
  }
}
