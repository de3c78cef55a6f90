package io.culvert.wire.flow;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.json.Json;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Members that occur in more than one message. */
final class Members {
  private static final int MAX_PORT = 65_535;
  private static final long MAX_TTL_SECONDS = Integer.MAX_VALUE;
  private static final int MAX_URLS = 16;

  private Members() {}

  /** Text that must be there. */
  static String text(ObjectNode object, String name) throws MalformedMessageException {
    return Json.text(object, name)
        .orElseThrow(() -> new MalformedMessageException(name + " is missing"));
  }

  /** Text that must be there and not be longer, in characters. */
  static String text(ObjectNode object, String name, int maxLength)
      throws MalformedMessageException {
    return within(text(object, name), name, maxLength);
  }

  /** Text, empty when it is not there. */
  static String textOrEmpty(ObjectNode object, String name, int maxLength)
      throws MalformedMessageException {
    return within(Json.text(object, name).orElse(""), name, maxLength);
  }

  static String account(ObjectNode object, String name) throws MalformedMessageException {
    String account = text(object, name);
    if (!FlowMessage.isAccount(account)) {
      throw new MalformedMessageException(name + " is not the name of an account");
    }
    return account;
  }

  static String accountOrEmpty(ObjectNode object, String name) throws MalformedMessageException {
    return Json.text(object, name).orElse("").isEmpty() ? "" : account(object, name);
  }

  static List<String> texts(ObjectNode object, String name, int maxCount)
      throws MalformedMessageException {
    if (!(object.get(name) instanceof ArrayNode array) || array.size() > maxCount) {
      throw new MalformedMessageException(name + " is no list, or too long");
    }
    List<String> texts = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      if (!element.isString()) {
        throw new MalformedMessageException(name + " holds something else than text");
      }
      texts.add(element.stringValue());
    }
    return texts;
  }

  static boolean flag(ObjectNode object, String name) throws MalformedMessageException {
    JsonNode node = object.get(name);
    if (node == null || node.isNull()) {
      return false;
    }
    if (!node.isBoolean()) {
      throw new MalformedMessageException(name + " is neither true nor false");
    }
    return node.booleanValue();
  }

  /**
   * An address in two members. One without an IP or a port, or with 0 for either, counts as absent:
   * so peers write what they do not know.
   *
   * @throws MalformedMessageException when the IP is something else than a literal
   */
  static Optional<InetSocketAddress> address(ObjectNode object, String ipName, String portName)
      throws MalformedMessageException {
    String ip = Json.text(object, ipName).orElse("");
    int port = (int) Json.integer(object, portName, 0, MAX_PORT).orElse(0);
    if (ip.isEmpty()) {
      return Optional.empty();
    }
    boolean literal =
        NetUtil.isValidIpV4Address(ip) || (NetUtil.isValidIpV6Address(ip) && !ip.contains("%"));
    if (!literal) {
      throw new MalformedMessageException(ipName + " is not an IP address");
    }
    InetAddress address = InetAddress.ofLiteral(ip);
    return port == 0 || address.isAnyLocalAddress()
        ? Optional.empty()
        : Optional.of(new InetSocketAddress(address, port));
  }

  /** {@code 203.0.113.2:40112}. */
  static InetSocketAddress ipv4(String text) throws MalformedMessageException {
    int colon = text.lastIndexOf(':');
    String ip = text.substring(0, Math.max(colon, 0));
    String port = text.substring(colon + 1);
    boolean isPort = port.matches("[1-9][0-9]{0,4}") && Integer.parseInt(port) <= MAX_PORT;
    if (!NetUtil.isValidIpV4Address(ip) || !isPort) {
      throw new MalformedMessageException("not an IPv4 address and a port");
    }
    return new InetSocketAddress(InetAddress.ofLiteral(ip), Integer.parseInt(port));
  }

  static void putAddress(
      ObjectNode object, String ipName, String portName, InetSocketAddress address) {
    object.put(ipName, NetUtil.toAddressString(address.getAddress()));
    object.put(portName, address.getPort());
  }

  static Optional<TurnCredentials> credentials(ObjectNode object, String name)
      throws MalformedMessageException {
    Optional<ObjectNode> member = Json.object(object, name);
    if (member.isEmpty()) {
      return Optional.empty();
    }
    ObjectNode turn = member.get();
    return Optional.of(
        new TurnCredentials(
            texts(turn, "urls", MAX_URLS),
            text(turn, "username"),
            text(turn, "credential"),
            Duration.ofSeconds(Json.integer(turn, "ttl", 0, MAX_TTL_SECONDS).orElse(0))));
  }

  static void putCredentials(ObjectNode object, String name, TurnCredentials credentials) {
    ObjectNode turn = object.putObject(name);
    credentials.urls().forEach(turn.putArray("urls")::add);
    turn.put("username", credentials.username());
    turn.put("credential", credentials.credential());
    turn.put("ttl", credentials.ttl().toSeconds());
  }

  private static String within(String text, String name, int maxLength)
      throws MalformedMessageException {
    if (text.length() > maxLength) {
      throw new MalformedMessageException(name + " is longer than " + maxLength + " characters");
    }
    return text;
  }
}
