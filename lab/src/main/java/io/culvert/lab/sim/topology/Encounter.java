package io.culvert.lab.sim.topology;

import io.culvert.lab.sim.RelayServer;
import io.culvert.lab.sim.StunServer;
import io.culvert.lab.sim.World;

/**
 * Two peers, and the servers that help them.
 *
 * @param stun has IPv4 and IPv6
 * @param otherStun one at another address
 * @param relay answers Binding requests, too
 */
public record Encounter(
    World world,
    Party alice,
    Party bob,
    StunServer stun,
    StunServer otherStun,
    RelayServer relay) {}
