package io.culvert.client.tls;

/** What is known of the server at the other end of a connection. */
public sealed interface ServerSecurity {
  /** Nothing: everybody on the way can read and change what is said. */
  record Plain() implements ServerSecurity {}

  /** It has the key to this certificate, and only it can read what is said. */
  record Encrypted(Fingerprint fingerprint, Verification verifiedBy) implements ServerSecurity {}

  /** Why a certificate was taken for the server's. */
  enum Verification {
    /** An authority vouches for it. */
    AUTHORITY,
    /** Its fingerprint was known. */
    FINGERPRINT,
    /** There was none before: remember its fingerprint. */
    FIRST_USE
  }
}
