package io.culvert.server.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports from the first to the last, both included.
 *
 * @param first at least 1024: what runs below is no relay, and peers may trust it
 * @param last at most 65535
 */
public record PortRange(int first, int last) {
  private static final Pattern TEXT = Pattern.compile("([0-9]{4,5})-([0-9]{4,5})");

  public PortRange {
    if (first < 1024 || last < first || last > 65_535) {
      throw new IllegalArgumentException("not from a lower to a higher port");
    }
  }

  static PortRange parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not two ports");
    }
    return new PortRange(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }
}
