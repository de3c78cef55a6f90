package io.culvert.wire.json;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON objects of at most 65 535 bytes of UTF-8, nested at most 32 deep. What one reader could take
 * for something else than another is malformed: a key that comes twice, text that is not Unicode,
 * anything behind the object.
 *
 * <p>A member whose value is {@code null} counts as absent.
 */
public final class Json {
  private static final int MAX_BYTES = 65_535;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_DIGITS = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_DIGITS)
                          .maxStringLength(MAX_BYTES)
                          .maxDocumentLength(MAX_BYTES)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // What is passed on must come out as it went in.
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private Json() {}

  /** An empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /**
   * Reads all readable bytes as one object.
   *
   * @throws MalformedMessageException when they are anything else
   */
  public static ObjectNode readObject(ByteBuf in) throws MalformedMessageException {
    if (in.readableBytes() > MAX_BYTES) {
      throw new MalformedMessageException("more than " + MAX_BYTES + " bytes of JSON");
    }
    ByteBuffer bytes = in.nioBuffer();
    in.skipBytes(in.readableBytes());
    try {
      // Decoded here: Jackson would guess UTF-16 and UTF-32, and lets wrong UTF-8 pass.
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      if (MAPPER.readTree(text) instanceof ObjectNode object && isUnicode(object)) {
        return object;
      }
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("not UTF-8");
    } catch (JacksonException e) {
      throw new MalformedMessageException("not JSON");
    } catch (NumberFormatException e) {
      // What Jackson lets through for an exponent that no BigDecimal can have.
      throw new MalformedMessageException("a number out of all bounds");
    }
    throw new MalformedMessageException("not a JSON object of Unicode text");
  }

  /** The object as UTF-8, without white space. */
  public static byte[] write(ObjectNode object) {
    return MAPPER.writeValueAsBytes(object);
  }

  /**
   * A member that is text; empty when it is absent.
   *
   * @throws MalformedMessageException when it is something else
   */
  public static Optional<String> text(ObjectNode object, String name)
      throws MalformedMessageException {
    Optional<JsonNode> member = member(object, name);
    if (member.isPresent() && !member.get().isString()) {
      throw new MalformedMessageException(name + " is not text");
    }
    return member.map(JsonNode::stringValue);
  }

  /**
   * A member that is a whole number, written without fraction or exponent; empty when it is absent.
   *
   * @throws MalformedMessageException when it is something else, or outside {@code min} to {@code
   *     max}
   */
  public static OptionalLong integer(ObjectNode object, String name, long min, long max)
      throws MalformedMessageException {
    Optional<JsonNode> member = member(object, name);
    if (member.isEmpty()) {
      return OptionalLong.empty();
    }
    JsonNode node = member.get();
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new MalformedMessageException(name + " is not a whole number");
    }
    long value = node.longValue();
    if (value < min || value > max) {
      throw new MalformedMessageException(name + " is not from " + min + " to " + max);
    }
    return OptionalLong.of(value);
  }

  /**
   * A member that is an object; empty when it is absent.
   *
   * @throws MalformedMessageException when it is something else
   */
  public static Optional<ObjectNode> object(ObjectNode object, String name)
      throws MalformedMessageException {
    Optional<JsonNode> member = member(object, name);
    if (member.isPresent() && !(member.get() instanceof ObjectNode)) {
      throw new MalformedMessageException(name + " is not an object");
    }
    return member.map(ObjectNode.class::cast);
  }

  private static Optional<JsonNode> member(ObjectNode object, String name) {
    return Optional.ofNullable(object.get(name)).filter(node -> !node.isNull());
  }

  /** An escaped lone surrogate is JSON, but nothing that could be written again. */
  private static boolean isUnicode(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> object.properties().stream().allMatch(Json::isUnicode);
      case JsonNode array when array.isArray() -> array.values().stream().allMatch(Json::isUnicode);
      default -> !node.isString() || isUnicode(node.stringValue());
    };
  }

  private static boolean isUnicode(Map.Entry<String, JsonNode> member) {
    return isUnicode(member.getKey()) && isUnicode(member.getValue());
  }

  private static boolean isUnicode(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
