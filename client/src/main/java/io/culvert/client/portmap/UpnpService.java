package io.culvert.client.portmap;

import io.culvert.client.portmap.UpnpXml.Text;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service of a router that translates addresses, as its description says.
 *
 * @param type with its version
 * @param control where it takes its orders
 */
record UpnpService(String type, URI control) {
  private static final String SERVICE = "urn:schemas-upnp-org:service:";

  /** Those that know AddPortMapping. */
  private static final List<String> TYPES =
      List.of(
          SERVICE + "WANIPConnection:2",
          SERVICE + "WANIPConnection:1",
          SERVICE + "WANPPPConnection:1");

  /**
   * The services of a description, in its order.
   *
   * @param location from where the description comes
   * @throws UpnpException when it has an address that is none
   */
  static List<UpnpService> in(List<Text> description, URI location) throws UpnpException {
    List<UpnpService> services = new ArrayList<>();
    URI base = location;
    @Nullable String type = null;
    for (Text text : description) {
      switch (text.name()) {
        case "URLBase" ->
            base = text.value().isEmpty() ? location : resolve(location, text.value());
        case "serviceType" -> type = text.value();
        case "controlURL" -> {
          if (type != null && TYPES.contains(type)) {
            services.add(new UpnpService(type, resolve(base, text.value())));
          }
          type = null;
        }
        default -> {}
      }
    }
    return services;
  }

  private static URI resolve(URI base, String address) throws UpnpException {
    try {
      return base.resolve(address);
    } catch (IllegalArgumentException e) {
      throw new UpnpException("The router's UPnP has an address that is none.");
    }
  }
}
