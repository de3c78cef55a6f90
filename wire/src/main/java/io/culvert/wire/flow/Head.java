package io.culvert.wire.flow;

import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What every message carries.
 *
 * @param token who is speaking, for a client that is logged in; empty otherwise
 * @param seq an integer or text of at most 64 characters, which the answer repeats
 */
public record Head(String token, Optional<JsonNode> seq) {
  /** The longest token, in characters; those of this server have 32. */
  public static final int MAX_TOKEN_LENGTH = 255;

  /** The longest text that an answer repeats, in characters. */
  public static final int MAX_SEQ_LENGTH = 64;

  /** Nobody's, and not to be answered to in particular. */
  public static final Head EMPTY = new Head("", Optional.empty());

  public Head {
    if (token.length() > MAX_TOKEN_LENGTH) {
      throw new IllegalArgumentException("a token of " + token.length() + " characters");
    }
    if (seq.isPresent() && !isSeq(seq.get())) {
      throw new IllegalArgumentException(
          "seq is neither an integer nor text of at most " + MAX_SEQ_LENGTH + " characters");
    }
  }

  /** A head whose answer will carry the same number. */
  public static Head numbered(String token, long seq) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    // As a reader of JSON makes it: nodes of other sizes are not equal.
    JsonNode node = seq == (int) seq ? nodes.numberNode((int) seq) : nodes.numberNode(seq);
    return new Head(token, Optional.of(node));
  }

  /** The head of the answer: nobody's, with the same seq. */
  public Head answer() {
    return new Head("", seq);
  }

  /** The same with another token. */
  public Head withToken(String other) {
    return new Head(other, seq);
  }

  /** The seq when it is an integer of at most 64 bits. */
  public OptionalLong number() {
    return seq.filter(JsonNode::canConvertToLong).stream().mapToLong(JsonNode::asLong).findFirst();
  }

  static boolean isSeq(JsonNode node) {
    return node.isIntegralNumber()
        || (node.isString() && node.stringValue().length() <= MAX_SEQ_LENGTH);
  }

  /** Without the token, which is a secret. */
  @Override
  public String toString() {
    return "Head[" + (token.isEmpty() ? "no token" : "token") + ", seq=" + seq + "]";
  }
}
