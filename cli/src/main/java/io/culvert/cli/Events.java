package io.culvert.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells on stderr what happens, a line each: a sentence for people, or a JSON object with a field
 * {@code event} for scripts. Thread-safe.
 */
final class Events {
  private final PrintStream out;
  private final boolean json;

  Events(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** Tells people something that no script wants to know. */
  void hint(String sentence) {
    if (!json) {
      out.println(sentence);
      out.flush();
    }
  }

  /** Something a script wants to know. */
  record Field(String name, Object value) {}

  static Field field(String name, Object value) {
    return new Field(name, value);
  }

  /** Tells one event. */
  void tell(String event, String sentence, Field... fields) {
    if (json) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("event", event);
      for (Field field : fields) {
        object.put(field.name(), field.value());
      }
      out.println(JsonMapper.shared().writeValueAsString(object));
    } else {
      out.println(Text.printable(sentence));
    }
    out.flush();
  }
}
