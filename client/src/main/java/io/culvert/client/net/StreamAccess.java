package io.culvert.client.net;

import io.culvert.client.Proxies;
import io.culvert.client.ServerAddress;
import io.culvert.client.tls.ServerTrust;
import java.util.List;

/**
 * How a relay is reached where no UDP gets through to it.
 *
 * @param doors where it may listen; all are tried at once
 * @param name what authorities vouch for where a door's address is a number
 * @param trust which certificate is taken for the relay's
 * @param proxies what leads to it when it cannot be reached directly
 */
public record StreamAccess(List<Door> doors, String name, ServerTrust trust, Proxies proxies) {
  /** Who can tell us where a relay is must not have us knock at any number of doors. */
  public static final int MOST_DOORS = 12;

  /** A port of TCP. */
  public record Door(ServerAddress address, boolean tls) {}

  public StreamAccess {
    doors = List.copyOf(doors);
    if (doors.size() > MOST_DOORS) {
      throw new IllegalArgumentException(doors.size() + " doors");
    }
  }

  /** It is not. */
  public static StreamAccess none() {
    return new StreamAccess(List.of(), "", new ServerTrust.Authorities(), Proxies.none());
  }
}
