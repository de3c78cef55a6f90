package io.culvert.server.config;

/** A text that nobody must see by accident: it does not show itself where the config is printed. */
public record Secret(String value) {
  public Secret {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("empty");
    }
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
