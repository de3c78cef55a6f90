-- What an account uses TURN with. Both are absent where the password is not known yet in this form:
-- accounts from before, until they log in. The log of revocations names such changes, too.

ALTER TABLE account ADD COLUMN turn_user TEXT; -- SHA-256 of name:realm, hexadecimal
ALTER TABLE account ADD COLUMN turn_keys TEXT; -- the keys of name:realm:password, sealed, base64

CREATE INDEX account_by_turn_user ON account (turn_user);
