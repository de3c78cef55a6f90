package io.culvert.client.tls;

/** Which certificates a client takes for its server's. */
public sealed interface ServerTrust {
  /** One that an authority vouches for, which this JVM trusts, and that has the server's name. */
  record Authorities() implements ServerTrust {}

  /** The one that is known already, whoever vouches for it. Never without TLS. */
  record Pinned(Fingerprint fingerprint) implements ServerTrust {}

  /**
   * Any, since there was none before. Unless {@link Authorities} would have taken it as well,
   * whoever was first to answer is believed from then on. That takes a memory, which this has not:
   * remember its fingerprint, and dial with {@link Pinned} from then on, as peers do.
   */
  record FirstUse() implements ServerTrust {}
}
