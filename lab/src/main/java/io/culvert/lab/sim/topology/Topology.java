package io.culvert.lab.sim.topology;

import io.culvert.lab.sim.Quality;

/**
 * The networks of two peers, and the servers on the internet. As a text it is one line.
 *
 * @param seed what decides on all chance in it
 * @param servers the links of the servers
 */
public record Topology(long seed, Shape shape, Side alice, Side bob, Quality servers) {
  public Topology {
    if (shape instanceof Shape.SameLan && alice.nats().isEmpty()) {
      throw new IllegalArgumentException("A LAN has a router.");
    }
  }

  /** Two peers who have nothing but the internet in common; all links are perfect. */
  public static Topology apart(long seed, Side alice, Side bob) {
    return new Topology(seed, new Shape.Apart(), alice, bob, Quality.PERFECT);
  }

  public Topology withShape(Shape other) {
    return new Topology(seed, other, alice, bob, servers);
  }

  public Topology withServers(Quality quality) {
    return new Topology(seed, shape, alice, bob, quality);
  }

  /** Builds it, in a world of its own. */
  public Encounter build() {
    return new Construction(this).encounter();
  }

  @Override
  public String toString() {
    return "seed %d: %s | alice %s | bob %s | servers %s"
        .formatted(seed, shape, alice, bob, servers);
  }
}
