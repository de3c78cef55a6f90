package io.culvert.client.flow;

import io.culvert.client.Proxies;
import io.culvert.client.ServerAddress;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.flow.FlowMessage;

/**
 * Who wants to log in, and where.
 *
 * @param server the account server; {@link FlowClient#DEFAULT_PORT} is its port when none is named
 * @param account 1 to 255 bytes of UTF-8
 * @param tls whether what is said must be encrypted
 * @param trust which certificate is taken for the server's
 * @param proxies what leads to the server, and to its relay, when they cannot be reached directly
 */
public record FlowLogin(
    ServerAddress server,
    String account,
    Credential credential,
    TlsPolicy tls,
    ServerTrust trust,
    Proxies proxies) {
  public FlowLogin {
    if (!FlowMessage.isAccount(account)) {
      throw new IllegalArgumentException(
          "an account's name has 1 to " + FlowMessage.MAX_ACCOUNT_BYTES + " bytes of text");
    }
    if (tls == TlsPolicy.NONE && trust instanceof ServerTrust.Pinned) {
      throw new IllegalArgumentException("without TLS there is no certificate to be pinned");
    }
  }

  /** Without proxies. */
  public FlowLogin(
      ServerAddress server,
      String account,
      Credential credential,
      TlsPolicy tls,
      ServerTrust trust) {
    this(server, account, credential, tls, trust, Proxies.none());
  }
}
