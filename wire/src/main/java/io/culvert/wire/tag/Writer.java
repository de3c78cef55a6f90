package io.culvert.wire.tag;

import io.culvert.wire.json.Json;
import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.AnswerReceived;
import io.culvert.wire.tag.TagMessage.Connect;
import io.culvert.wire.tag.TagMessage.ConnectAnswer;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.ListTags;
import io.culvert.wire.tag.TagMessage.Open;
import io.culvert.wire.tag.TagMessage.Probe;
import io.culvert.wire.tag.TagMessage.ProbeAnswer;
import io.culvert.wire.tag.TagMessage.Refused;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.TagList;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Builds the JSON of one message, member by member. */
final class Writer {
  private final Verbosity verbosity;
  private final ObjectNode message = Json.object();
  private final ObjectNode extra = Json.object();

  private Writer(Verbosity verbosity) {
    this.verbosity = verbosity;
  }

  static ObjectNode write(TagMessage message, Verbosity verbosity) {
    Writer writer = new Writer(verbosity);
    writer.members(message);
    if (!writer.extra.isEmpty()) {
      writer.message.set("extra", writer.extra);
    }
    return writer.message;
  }

  private void members(TagMessage any) {
    switch (any) {
      case Register m -> {
        type(TagCodec.REGISTER, m.mid());
        m.name().ifPresent(name -> message.put("usn", name));
        lan(m.lan());
      }
      case Registered m -> {
        type(-TagCodec.REGISTER, m.mid()).status(Status.ok());
        extra.put("tag", m.tag());
      }
      case Heartbeat m -> {
        type(TagCodec.HEARTBEAT, m.mid());
        message.put("tag", m.tag());
      }
      case HeartbeatAccepted m -> type(-TagCodec.HEARTBEAT, m.mid()).status(Status.ok());
      case ListTags m -> {
        type(TagCodec.LIST, m.mid());
        message.put("tag", m.tag());
      }
      case TagList m -> {
        type(-TagCodec.LIST, m.mid()).status(Status.ok());
        ArrayNode tags = extra.putArray("tags");
        m.tags().forEach(tags::add);
        extra.put("more", m.more());
      }
      case Dial m -> {
        type(TagCodec.DIAL, m.mid());
        message.put("ltag", m.callerTag());
        extra.put("rtag", m.calleeTag());
        lan(m.lan());
      }
      case Dialing m -> {
        type(-TagCodec.DIAL, m.mid()).status(Status.ok());
        extra.put("token", m.token());
      }
      case Refused m -> type(-typeOf(m.request()), m.mid()).status(m.status());
      case Knock m -> {
        type(TagCodec.KNOCK, m.mid());
        extra.put("token", m.token());
        address(m.caller());
        lan(m.callerLan());
      }
      case KnockAnswer m -> {
        type(-TagCodec.KNOCK, m.mid()).token(m.token()).status(m.status());
        m.port().ifPresent(port -> extra.put("port", port));
        lan(m.lan());
      }
      case Answer m -> {
        type(TagCodec.ANSWER, m.mid()).token(m.token()).status(m.status());
        m.callee().ifPresent(this::address);
        lan(m.calleeLan());
      }
      case AnswerReceived m -> type(-TagCodec.ANSWER, m.mid()).token(m.token());
      case Open() -> message.put("t", TagCodec.OPEN);
      case Probe m -> type(TagCodec.PROBE, m.mid()).token(m.token());
      case ProbeAnswer m -> type(-TagCodec.PROBE, m.mid()).token(m.token()).status(m.status());
      case Connect m -> {
        type(TagCodec.CONNECT, m.mid()).token(m.token());
        extra.put("op", m.op());
      }
      case ConnectAnswer m -> {
        type(-TagCodec.CONNECT, m.mid()).token(m.token()).status(m.status());
        m.connectionKey().ifPresent(key -> extra.put("conkey", key));
      }
    }
  }

  private static int typeOf(TagMessage.Request request) {
    return switch (request) {
      case REGISTER -> TagCodec.REGISTER;
      case HEARTBEAT -> TagCodec.HEARTBEAT;
      case LIST -> TagCodec.LIST;
      case DIAL -> TagCodec.DIAL;
    };
  }

  private Writer type(int type, long mid) {
    message.put("t", type).put("mid", mid);
    return this;
  }

  private Writer token(String token) {
    message.put("token", token);
    return this;
  }

  private void status(Status status) {
    boolean full = verbosity == Verbosity.FULL;
    if (full || !status.isOk()) {
      message.put("code", status.code());
    }
    if (full) {
      status.reason().ifPresent(reason -> message.put("em", reason));
    }
  }

  private void address(InetSocketAddress address) {
    put("host", "port", address);
  }

  private void lan(Optional<InetSocketAddress> lan) {
    lan.ifPresent(address -> put("lanhost", "lanport", address));
  }

  private void put(String hostName, String portName, InetSocketAddress address) {
    // Without the scope of a link-local address: it means nothing on another machine.
    extra.put(hostName, NetUtil.toAddressString(address.getAddress()));
    extra.put(portName, address.getPort());
  }
}
