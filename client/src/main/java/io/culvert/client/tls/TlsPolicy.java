package io.culvert.client.tls;

/** Whether a connection to a server must be encrypted. */
public enum TlsPolicy {
  /** It must. */
  REQUIRED,
  /**
   * It is, if the server speaks TLS. Who can change what is sent on the way can make it seem as if
   * it did not, unless its certificate is {@link ServerTrust.Pinned}.
   */
  PREFERRED,
  /** It is not. */
  NONE
}
