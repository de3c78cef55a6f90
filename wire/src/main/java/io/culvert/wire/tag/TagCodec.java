package io.culvert.wire.tag;

import io.culvert.wire.MalformedMessageException;
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
import io.culvert.wire.tag.TagMessage.Request;
import io.culvert.wire.tag.TagMessage.TagList;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of the {@code tag} protocol to messages and back; the package's page shows the layout.
 * Stateless.
 */
public final class TagCodec {
  static final int REGISTER = 1;
  static final int HEARTBEAT = 2;
  static final int LIST = 3;
  static final int DIAL = 4;
  static final int KNOCK = 10;
  static final int ANSWER = 11;
  static final int OPEN = 30;
  static final int PROBE = 31;
  static final int CONNECT = 32;

  private static final int LEN_BYTES = 2;

  private TagCodec() {}

  /**
   * Reads all readable bytes, a datagram, as one message.
   *
   * @throws MalformedMessageException when they are none
   */
  public static TagMessage decode(ByteBuf in) throws MalformedMessageException {
    if (in.readableBytes() > TagMessage.MAX_BYTES) {
      throw new MalformedMessageException(in.readableBytes() + " bytes");
    }
    Fields fields = Fields.of(Json.readObject(in));
    int type = fields.type();
    return switch (type) {
      case REGISTER -> new Register(fields.mid(), fields.name(), fields.lan());
      case HEARTBEAT -> new Heartbeat(fields.mid(), fields.id("tag"));
      case LIST -> new ListTags(fields.mid(), fields.id("tag"));
      case DIAL -> new Dial(fields.mid(), fields.id("ltag"), fields.id("rtag"), fields.lan());
      case -REGISTER -> reply(Request.REGISTER, fields);
      case -HEARTBEAT -> reply(Request.HEARTBEAT, fields);
      case -LIST -> reply(Request.LIST, fields);
      case -DIAL -> reply(Request.DIAL, fields);
      case KNOCK -> new Knock(fields.mid(), fields.id("token"), fields.address(), fields.lan());
      case -KNOCK ->
          new KnockAnswer(
              fields.mid(), fields.id("token"), fields.status(), fields.port(), fields.lan());
      case ANSWER -> answer(fields);
      case -ANSWER -> new AnswerReceived(fields.mid(), fields.id("token"));
      case OPEN -> new Open();
      case PROBE -> new Probe(fields.mid(), fields.id("token"));
      case -PROBE -> new ProbeAnswer(fields.mid(), fields.id("token"), fields.status());
      case CONNECT -> new Connect(fields.mid(), fields.id("token"), fields.op());
      case -CONNECT -> connectAnswer(fields);
      default -> throw new MalformedMessageException("unknown t " + type);
    };
  }

  /**
   * Takes the next message, with its {@code Len}, of a TCP connection; null when bytes are missing,
   * which leaves the buffer as it is.
   *
   * @throws MalformedMessageException when the bytes are none
   */
  public static @Nullable TagMessage decodeFrame(ByteBuf in) throws MalformedMessageException {
    if (in.readableBytes() < LEN_BYTES) {
      return null;
    }
    int length = in.getUnsignedShort(in.readerIndex());
    if (length == 0 || length > TagMessage.MAX_BYTES) {
      throw new MalformedMessageException("frame of " + length + " bytes");
    }
    if (in.readableBytes() < LEN_BYTES + length) {
      return null;
    }
    return decode(in.skipBytes(LEN_BYTES).readSlice(length));
  }

  /**
   * Appends the message.
   *
   * @throws IllegalArgumentException when it is longer than {@link TagMessage#MAX_BYTES}: a {@link
   *     TagList} of too many tags
   */
  public static void encode(TagMessage message, ByteBuf out) {
    out.writeBytes(bytes(message, Verbosity.FULL));
  }

  /**
   * Appends the message without what the receiver can do without: a {@code code} that is 200, and
   * {@code em}.
   */
  public static void encodeBriefly(TagMessage message, ByteBuf out) {
    out.writeBytes(bytes(message, Verbosity.BRIEF));
  }

  /** Appends the message with its {@code Len}, for a TCP connection. */
  public static void encodeFrame(TagMessage message, ByteBuf out) {
    byte[] bytes = bytes(message, Verbosity.FULL);
    out.writeShort(bytes.length).writeBytes(bytes);
  }

  private static byte[] bytes(TagMessage message, Verbosity verbosity) {
    byte[] bytes = Json.write(Writer.write(message, verbosity));
    if (bytes.length > TagMessage.MAX_BYTES) {
      throw new IllegalArgumentException(
          "a message has at most " + TagMessage.MAX_BYTES + " bytes, not " + bytes.length);
    }
    return bytes;
  }

  private static TagMessage reply(Request request, Fields fields) throws MalformedMessageException {
    long mid = fields.mid();
    Status status = fields.status();
    if (!status.isOk()) {
      return new Refused(request, mid, status);
    }
    return switch (request) {
      case REGISTER -> new Registered(mid, fields.id("tag"));
      case HEARTBEAT -> new HeartbeatAccepted(mid);
      case LIST -> new TagList(mid, fields.tags(), fields.more());
      case DIAL -> new Dialing(mid, fields.id("token"));
    };
  }

  private static Answer answer(Fields fields) throws MalformedMessageException {
    long mid = fields.mid();
    String token = fields.id("token");
    Status status = fields.status();
    return status.isOk()
        ? new Answer(mid, token, status, Optional.of(fields.address()), fields.lan())
        : new Answer(mid, token, status, Optional.empty(), Optional.empty());
  }

  private static ConnectAnswer connectAnswer(Fields fields) throws MalformedMessageException {
    long mid = fields.mid();
    String token = fields.id("token");
    Status status = fields.status();
    return new ConnectAnswer(
        mid, token, status, status.isOk() ? Optional.of(fields.id("conkey")) : Optional.empty());
  }
}
