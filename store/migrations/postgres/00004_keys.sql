-- +goose Up

-- What a client calls a request by that it may send again, unique for its
-- actor, and the fingerprint of that request. Changes of before have none.
ALTER TABLE changes ADD COLUMN idempotency_key text COLLATE "C";
ALTER TABLE changes ADD COLUMN request text CHECK ((request IS NULL) = (idempotency_key IS NULL));
CREATE UNIQUE INDEX changes_key ON changes (actor, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- To find the few changes of a kind among many.
CREATE INDEX changes_kind ON changes (kind, revision);
