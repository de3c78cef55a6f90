-- For SQLite and PostgreSQL alike. Times are milliseconds since 1970.

CREATE TABLE account (
  name       TEXT    PRIMARY KEY,
  password   TEXT    NOT NULL, -- Argon2id, PHC string
  disabled   BOOLEAN NOT NULL DEFAULT FALSE,
  created    BIGINT  NOT NULL,
  last_login BIGINT
);

CREATE TABLE session (
  id      TEXT   PRIMARY KEY, -- SHA-256 of the token, hexadecimal
  account TEXT   NOT NULL REFERENCES account (name) ON DELETE CASCADE,
  source  TEXT   NOT NULL, -- the address, or IPv6 /64, where it was made
  created BIGINT NOT NULL,
  expires BIGINT NOT NULL
);

CREATE INDEX session_by_account ON session (account, created);
CREATE INDEX session_by_expiry ON session (expires);

-- Whose sessions have been deleted. The counter's row serialises the writers, so that a number is
-- never seen before a lesser one.
CREATE TABLE revocation_counter (value BIGINT NOT NULL);
INSERT INTO revocation_counter (value) VALUES (0);

CREATE TABLE revocation (
  number  BIGINT PRIMARY KEY,
  account TEXT   NOT NULL
);
