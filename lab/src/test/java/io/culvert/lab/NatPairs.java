package io.culvert.lab;

import io.culvert.lab.net.NatKind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Which kinds of NAT let which others through, whatever the protocol. */
public final class NatPairs {
  /** All that keep a mapping for every destination. */
  public static final List<NatKind> CONES =
      List.of(NatKind.OPEN, NatKind.FULL_CONE, NatKind.ADDRESS_RESTRICTED, NatKind.PORT_RESTRICTED);

  private NatPairs() {}

  /** All of these with each other, and a symmetric one with those that it can pass. */
  public static Stream<Arguments> thatConnect(List<NatKind> cones) {
    Stream<Arguments> eachOther =
        cones.stream().flatMap(one -> cones.stream().map(other -> Arguments.of(one, other)));
    // A symmetric NAT is passed when the other side takes packets from any port.
    Stream<Arguments> symmetric =
        Stream.of(NatKind.OPEN, NatKind.FULL_CONE, NatKind.ADDRESS_RESTRICTED)
            .flatMap(other ->
                Stream.of(
                    Arguments.of(NatKind.SYMMETRIC, other),
                    Arguments.of(other, NatKind.SYMMETRIC)));
    return Stream.concat(eachOther, symmetric);
  }

  /** Those that a punch cannot pass. */
  public static Stream<Arguments> thatCannot() {
    return Stream.of(
        Arguments.of(NatKind.SYMMETRIC, NatKind.PORT_RESTRICTED),
        Arguments.of(NatKind.PORT_RESTRICTED, NatKind.SYMMETRIC),
        Arguments.of(NatKind.SYMMETRIC, NatKind.SYMMETRIC));
  }
}
