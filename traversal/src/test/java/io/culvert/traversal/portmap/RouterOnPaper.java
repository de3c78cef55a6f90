package io.culvert.traversal.portmap;

import io.culvert.wire.portmap.NatPmp;
import io.culvert.wire.portmap.Pcp;
import io.culvert.wire.portmap.PortProtocol;
import io.culvert.wire.portmap.PortmapMessage;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A router that answers as it is told to; the public fields may be changed at any time. */
final class RouterOnPaper {
  boolean answers = true;
  boolean speaksPcp = true;
  boolean speaksNatPmp = true;
  boolean hasUpnp;
  InetAddress external = Inet4Address.ofLiteral("203.0.113.7");
  int firstPort = 50_000;
  long lifetime = 7200;
  long bootedAt;
  int lose;
  int pcpResult = Pcp.SUCCESS;
  int natPmpResult;
  Set<PortProtocol> refused = EnumSet.noneOf(PortProtocol.class);

  /** What comes back, if anything. */
  List<PortmapMessage> answer(PortmapMessage request, long second) {
    if (!answers || lose > 0) {
      lose--;
      return List.of();
    }
    long epoch = second - bootedAt;
    return switch (request) {
      case NatPmp asked -> natPmp(asked, epoch);
      case Pcp asked -> pcp(asked, epoch);
    };
  }

  private List<PortmapMessage> natPmp(NatPmp request, long epoch) {
    if (!speaksNatPmp) {
      return speaksPcp ? List.of(new Pcp.Refused(0, Pcp.UNSUPP_VERSION, 0, epoch)) : List.of();
    }
    return switch (request) {
      case NatPmp.AddressRequest() ->
          List.of(new NatPmp.AddressResponse(epoch, (Inet4Address) external));
      case NatPmp.MapRequest(var protocol, _, _, _)
          when natPmpResult != 0 || refused.contains(protocol) ->
          List.of(
              new NatPmp.Refused(
                  protocol.natPmpOpcode(),
                  natPmpResult == 0 ? NatPmp.NOT_AUTHORIZED : natPmpResult));
      case NatPmp.MapRequest(var protocol, var port, _, var wanted) when wanted == 0 ->
          List.of(new NatPmp.MapResponse(protocol, epoch, port, 0, 0));
      case NatPmp.MapRequest(var protocol, var port, _, _) ->
          List.of(new NatPmp.MapResponse(protocol, epoch, port, portFor(protocol), lifetime));
      default -> throw new AssertionError(request);
    };
  }

  private List<PortmapMessage> pcp(Pcp request, long epoch) {
    if (!speaksPcp) {
      return speaksNatPmp ? List.of(new NatPmp.Refused(0, NatPmp.UNSUPPORTED_VERSION)) : List.of();
    }
    return switch (request) {
      case Pcp.AnnounceRequest _ -> List.of(new Pcp.AnnounceResponse(epoch));
      case Pcp.MapRequest asked ->
          List.of(
              new Pcp.MapResponse(
                  refused.contains(asked.protocol()) ? Pcp.NOT_AUTHORIZED : pcpResult,
                  asked.lifetime() == 0 ? 0 : lifetime,
                  epoch,
                  asked.nonce(),
                  asked.protocol(),
                  asked.internalPort(),
                  portFor(asked.protocol()),
                  external));
      default -> throw new AssertionError(request);
    };
  }

  int portFor(PortProtocol protocol) {
    return protocol == PortProtocol.UDP ? firstPort : firstPort + 1;
  }
}
