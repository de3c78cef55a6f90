package io.culvert.traversal.nat;

/**
 * How a NAT gives ports away, as far as has been seen. A hint for what to try, never a reason not
 * to try.
 *
 * @param ports how the ports of further mappings follow
 * @param last the port of the last mapping that was seen; 0 when none was
 * @param delta how far apart two successive ports are, where they are {@link Ports#SEQUENTIAL}
 */
public record NatProfile(Ports ports, int last, int delta) {
  /** The port that a new destination gets, RFC 4787 §4.1 and §4.2. */
  public enum Ports {
    /** Nothing has been seen that would tell. */
    UNKNOWN,
    /** The same for all destinations of a socket. */
    INDEPENDENT,
    /** The one behind that of the mapping before. */
    SEQUENTIAL,
    /** Any. */
    RANDOM
  }

  /** Nobody has been seen yet. */
  public static final NatProfile UNKNOWN = new NatProfile(Ports.UNKNOWN, 0, 0);

  public NatProfile {
    if (last < 0 || last > 0xffff) {
      throw new IllegalArgumentException("no port: " + last);
    }
  }

  /** Whether each destination gets a port of its own. */
  public boolean isSymmetric() {
    return ports == Ports.SEQUENTIAL || ports == Ports.RANDOM;
  }
}
