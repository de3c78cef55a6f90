package io.culvert.server.account;

import java.time.Instant;
import java.util.Optional;

/**
 * An account, as it is shown to those who administer it.
 *
 * @param logins how many tokens are good at the moment
 */
public record Account(
    String name, boolean disabled, Instant created, Optional<Instant> lastLogin, int logins) {}
