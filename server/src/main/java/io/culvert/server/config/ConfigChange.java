package io.culvert.server.config;

/**
 * A key that has another value than before.
 *
 * @param live whether that takes effect while the server runs
 */
public record ConfigChange(String key, boolean live) {}
