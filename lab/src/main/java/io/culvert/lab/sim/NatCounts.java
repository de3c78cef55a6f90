package io.culvert.lab.sim;

/**
 * What a NAT has done since the beginning of the world.
 *
 * @param mappings how many outer endpoints it has given away
 * @param flows how many entries of its table it has made
 * @param unsolicited how many packets from outside it has not let in
 * @param refused how many packets from inside found the table full or no port free
 */
public record NatCounts(long mappings, long flows, long unsolicited, long refused) {}
