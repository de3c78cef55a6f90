package io.culvert.server.config;

/**
 * The configuration is wrong; the message is a sentence that names the file, the line and the key.
 */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  ConfigException(String sentence) {
    super(sentence);
  }
}
