/**
 * Who may log in, and who has.
 *
 * <pre>
 * AccountStore     accounts, for those who administer them
 * Accounts         login, tokens, logout, for the services
 *   LoginThrottle  how often somebody may guess
 *   PasswordHash   Argon2id
 *   Sessions       the tokens that are in use, in memory; learns when they are revoked elsewhere
 *     SessionStore all tokens, as hashes, and the log of changes
 *       Database   SQLite or PostgreSQL
 * </pre>
 *
 * A token dies by being deleted from the database, whoever does it. Each deletion writes the
 * account's name into the log of changes in the same transaction; servers read that log four times
 * a second, and look again after the tokens of the accounts it names. No two processes need to know
 * of each other.
 */
@NullMarked
package io.culvert.server.account;

import org.jspecify.annotations.NullMarked;
