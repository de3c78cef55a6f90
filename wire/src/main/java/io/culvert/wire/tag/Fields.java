package io.culvert.wire.tag;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.json.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The members of one message, read as what they must be. */
record Fields(ObjectNode message, ObjectNode extra) {
  /** Exactly as it is written here: some read a leading zero as octal, and a lone number as all. */
  private static final Pattern IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F.]*:[0-9a-fA-F:.]*");

  static Fields of(ObjectNode message) throws MalformedMessageException {
    return new Fields(message, Json.object(message, "extra").orElseGet(Json::object));
  }

  int type() throws MalformedMessageException {
    return Math.toIntExact(number("t", Integer.MIN_VALUE, Integer.MAX_VALUE));
  }

  long mid() throws MalformedMessageException {
    return number("mid", Long.MIN_VALUE, Long.MAX_VALUE);
  }

  Status status() throws MalformedMessageException {
    long code =
        Json.integer(message, "code", Integer.MIN_VALUE, Integer.MAX_VALUE).orElse(Status.OK);
    return Status.of(Math.toIntExact(code), Json.text(message, "em").orElse(""));
  }

  /** Somewhere in the message. */
  String id(String name) throws MalformedMessageException {
    Optional<String> outside = Json.text(message, name);
    Optional<String> inside = Json.text(extra, name);
    if (outside.isPresent() && inside.isPresent() && !outside.equals(inside)) {
      throw new MalformedMessageException("two different " + name + "s");
    }
    return checked(present(outside.or(() -> inside), name), name);
  }

  Optional<String> name() throws MalformedMessageException {
    Optional<String> name = Json.text(message, "usn").filter(text -> !text.isEmpty());
    return name.isEmpty() ? name : Optional.of(checked(name.get(), "usn"));
  }

  int op() throws MalformedMessageException {
    return Math.toIntExact(
        Json.integer(extra, "op", Integer.MIN_VALUE, Integer.MAX_VALUE).orElse(0));
  }

  List<String> tags() throws MalformedMessageException {
    JsonNode array = extra.get("tags");
    if (array == null || !array.isArray()) {
      throw new MalformedMessageException("tags is not an array");
    }
    List<String> tags = new ArrayList<>();
    for (JsonNode tag : array.values()) {
      if (!tag.isString()) {
        throw new MalformedMessageException("a tag is not text");
      }
      tags.add(checked(tag.stringValue(), "tag"));
    }
    return tags;
  }

  boolean more() throws MalformedMessageException {
    JsonNode more = extra.get("more");
    if (more == null || more.isNull()) {
      return false;
    }
    if (!more.isBoolean()) {
      throw new MalformedMessageException("more is not a boolean");
    }
    return more.booleanValue();
  }

  InetSocketAddress address() throws MalformedMessageException {
    return present(address("host", "port"), "host");
  }

  /** An address that is none is as good as none: nobody needs it. */
  Optional<InetSocketAddress> lan() {
    try {
      return address("lanhost", "lanport");
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  OptionalInt port() throws MalformedMessageException {
    return port("port");
  }

  private OptionalInt port(String name) throws MalformedMessageException {
    OptionalLong port = Json.integer(extra, name, 1, 65_535);
    return port.isPresent() ? OptionalInt.of((int) port.getAsLong()) : OptionalInt.empty();
  }

  private Optional<InetSocketAddress> address(String hostName, String portName)
      throws MalformedMessageException {
    Optional<String> host = Json.text(extra, hostName);
    OptionalInt port = port(portName);
    if (host.isEmpty() && port.isEmpty()) {
      return Optional.empty();
    }
    if (host.isEmpty() || port.isEmpty()) {
      throw new MalformedMessageException("one of " + hostName + " and " + portName + " alone");
    }
    return Optional.of(new InetSocketAddress(ip(host.get(), hostName), port.getAsInt()));
  }

  private static InetAddress ip(String text, String name) throws MalformedMessageException {
    if (IPV4.matcher(text).matches() || IPV6.matcher(text).matches()) {
      try {
        return InetAddress.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        throw new MalformedMessageException(name + " is not an IP address");
      }
    }
    throw new MalformedMessageException(name + " is not an IP address");
  }

  private static String checked(String id, String name) throws MalformedMessageException {
    String flaw = TagMessage.flawOf(id);
    if (flaw != null) {
      throw new MalformedMessageException(name + " is " + flaw);
    }
    return id;
  }

  private long number(String name, long min, long max) throws MalformedMessageException {
    return present(Json.integer(message, name, min, max).stream().boxed().findAny(), name);
  }

  private static <T> T present(Optional<T> member, String name) throws MalformedMessageException {
    if (member.isEmpty()) {
      throw new MalformedMessageException("no " + name);
    }
    return member.get();
  }
}
