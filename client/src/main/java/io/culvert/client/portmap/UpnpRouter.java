package io.culvert.client.portmap;

import io.culvert.client.portmap.UpnpXml.Text;
import io.culvert.traversal.portmap.Gateway;
import io.culvert.wire.portmap.PortProtocol;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A router that takes orders by UPnP IGD. Its methods wait for its answers, some seconds each. */
final class UpnpRouter {
  /** WANIPConnection §2.4.16: another host has that outer port. */
  static final int CONFLICT = 718;

  /** The router keeps ports for ever or not at all. */
  static final int ONLY_FOR_EVER = 725;

  private static final int OK = 200;

  private final Gateway gateway;
  private final UpnpHttp http;
  private final UpnpService service;

  private UpnpRouter(Gateway gateway, UpnpHttp http, UpnpService service) {
    this.gateway = gateway;
    this.http = http;
    this.service = service;
  }

  /**
   * The router behind that description: the first of its connections that has an outer address.
   *
   * @throws UpnpException when there is none
   */
  static UpnpRouter at(URI description, Gateway gateway, UpnpHttp http)
      throws IOException, UpnpException, InterruptedException {
    HttpResponse<byte[]> answer = http.exchange(description, HttpRequest.newBuilder().GET());
    if (answer.statusCode() != OK) {
      throw new UpnpException("The router's UPnP does not describe itself.");
    }
    for (UpnpService service : UpnpService.in(UpnpXml.texts(answer.body()), description)) {
      UpnpRouter router = new UpnpRouter(gateway, http, service);
      if (router.externalAddress().isPresent()) {
        return router;
      }
    }
    throw new UpnpException("The router speaks UPnP, but has no connection to the internet.");
  }

  /** The router's outer address; empty when it has none at the moment. */
  Optional<InetAddress> externalAddress() throws IOException, UpnpException, InterruptedException {
    for (Text text : order("GetExternalIPAddress", Map.of())) {
      if (text.name().equals("NewExternalIPAddress")) {
        return address(text.value());
      }
    }
    return Optional.empty();
  }

  private static Optional<InetAddress> address(String text) {
    try {
      return Optional.<InetAddress>of(Inet4Address.ofLiteral(text))
          .filter(ip -> !ip.isAnyLocalAddress());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Makes a mapping or renews it; a lifetime of zero is for ever. */
  void add(PortProtocol protocol, int externalPort, int internalPort, Duration lifetime)
      throws IOException, UpnpException, InterruptedException {
    Map<String, String> arguments = new LinkedHashMap<>(); // some routers insist on the order
    arguments.put("NewRemoteHost", "");
    arguments.put("NewExternalPort", "" + externalPort);
    arguments.put("NewProtocol", protocol.name());
    arguments.put("NewInternalPort", "" + internalPort);
    arguments.put("NewInternalClient", gateway.client().getHostAddress());
    arguments.put("NewEnabled", "1");
    arguments.put("NewPortMappingDescription", "Culvert");
    arguments.put("NewLeaseDuration", "" + lifetime.toSeconds());
    order("AddPortMapping", arguments);
  }

  /** Removes a mapping. */
  void delete(PortProtocol protocol, int externalPort)
      throws IOException, UpnpException, InterruptedException {
    Map<String, String> arguments = new LinkedHashMap<>();
    arguments.put("NewRemoteHost", "");
    arguments.put("NewExternalPort", "" + externalPort);
    arguments.put("NewProtocol", protocol.name());
    order("DeletePortMapping", arguments);
  }

  /** SOAP 1.1 over HTTP; nothing in the arguments needs to be escaped. */
  private List<Text> order(String action, Map<String, String> arguments)
      throws IOException, UpnpException, InterruptedException {
    StringBuilder values = new StringBuilder();
    arguments.forEach((name, value) -> values.append("<%1$s>%2$s</%1$s>".formatted(name, value)));
    String envelope =
        """
        <?xml version="1.0"?>
        <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" \
        s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">\
        <s:Body><u:%1$s xmlns:u="%2$s">%3$s</u:%1$s></s:Body></s:Envelope>
        """
            .formatted(action, service.type(), values);
    HttpResponse<byte[]> answer =
        http.exchange(
            service.control(),
            HttpRequest.newBuilder()
                .header("Content-Type", "text/xml; charset=\"utf-8\"")
                .header("SOAPAction", "\"%s#%s\"".formatted(service.type(), action))
                .POST(BodyPublishers.ofString(envelope)));
    List<Text> texts = UpnpXml.texts(answer.body());
    if (answer.statusCode() != OK) {
      int code = errorCode(texts);
      throw new UpnpException(
          "The router refuses %s by UPnP, with the error %d.".formatted(action, code), code);
    }
    return texts;
  }

  private static int errorCode(List<Text> fault) {
    return fault.stream()
        .filter(text -> text.name().equals("errorCode") && text.value().matches("\\d{1,6}"))
        .mapToInt(text -> Integer.parseInt(text.value()))
        .findFirst()
        .orElse(0);
  }
}
