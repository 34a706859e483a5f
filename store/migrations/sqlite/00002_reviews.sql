-- +goose Up

-- Since when slots open reviews: of products that are there already, from now
-- on, as nobody expected a review before. SQLite adds a column that is required only with a default; this
-- one is no time, so that nothing can be read by it.
ALTER TABLE products ADD COLUMN slots_from TEXT NOT NULL DEFAULT '';
UPDATE products SET slots_from = strftime('%Y-%m-%dT%H:%M:%fZ', 'now');

ALTER TABLE items ADD COLUMN snooze TEXT CHECK (json_valid(snooze));
ALTER TABLE items ADD COLUMN returned TEXT CHECK (json_valid(returned));
ALTER TABLE items ADD COLUMN origin INTEGER REFERENCES items (id);

ALTER TABLE changes ADD COLUMN review INTEGER;

-- What each change touches, to find the changes of one thing. Refreshed budgets
-- are left out: they touch everything, all the time.
CREATE TABLE change_subjects (
    subject  TEXT    NOT NULL,
    revision INTEGER NOT NULL REFERENCES changes (revision),
    PRIMARY KEY (subject, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO change_subjects (subject, revision)
SELECT DISTINCT s.value, c.revision
FROM changes c, json_each(c.subjects) s
WHERE c.kind <> 'budgets.refreshed';

-- The body is the whole review; the other columns are what it is found by.
CREATE TABLE reviews (
    id         INTEGER NOT NULL PRIMARY KEY,
    product    TEXT    NOT NULL REFERENCES products (name),
    state      TEXT    NOT NULL CHECK (state IN ('open', 'attended', 'skipped', 'cancelled')),
    slot       TEXT,
    date       TEXT    NOT NULL,
    body       TEXT    NOT NULL CHECK (json_valid(body)),
    version    INTEGER NOT NULL,
    updated_at TEXT    NOT NULL
) STRICT;
CREATE INDEX reviews_product ON reviews (product, id);
CREATE UNIQUE INDEX reviews_open ON reviews (product) WHERE state = 'open';
CREATE UNIQUE INDEX reviews_slot ON reviews (product, slot) WHERE slot IS NOT NULL;

CREATE TABLE agendas (
    review   INTEGER NOT NULL PRIMARY KEY REFERENCES reviews (id),
    services TEXT    CHECK (json_valid(services))
) STRICT;

CREATE TABLE agenda_entries (
    review    INTEGER NOT NULL REFERENCES agendas (review),
    position  INTEGER NOT NULL,
    item      INTEGER NOT NULL REFERENCES items (id),
    service   TEXT    NOT NULL,
    read_only INTEGER NOT NULL CHECK (read_only IN (0, 1)),
    jump      INTEGER NOT NULL CHECK (jump IN (0, 1)),
    body      TEXT    NOT NULL CHECK (json_valid(body)),
    PRIMARY KEY (review, position)
) STRICT;
CREATE UNIQUE INDEX agenda_entries_review_item ON agenda_entries (review, item);
CREATE INDEX agenda_entries_item ON agenda_entries (item);

CREATE TABLE review_decisions (
    review    INTEGER NOT NULL REFERENCES reviews (id),
    id        INTEGER NOT NULL,
    item      INTEGER NOT NULL REFERENCES items (id),
    body      TEXT    NOT NULL CHECK (json_valid(body)),
    before    TEXT    NOT NULL CHECK (json_valid(before)),
    after     TEXT    NOT NULL CHECK (json_valid(after)),
    undone_at TEXT,
    PRIMARY KEY (review, id)
) STRICT;

CREATE TABLE digests (
    review INTEGER NOT NULL PRIMARY KEY REFERENCES reviews (id),
    body   TEXT    NOT NULL CHECK (json_valid(body))
) STRICT;

CREATE TABLE standings (
    service  TEXT    NOT NULL PRIMARY KEY REFERENCES services (name),
    revision INTEGER NOT NULL,
    body     TEXT    NOT NULL CHECK (json_valid(body))
) STRICT;

-- Messages to be delivered, each until it is delivered or given up.
CREATE TABLE outbox (
    sequence      INTEGER NOT NULL PRIMARY KEY,
    id            TEXT    NOT NULL,
    target        TEXT    NOT NULL,
    body          TEXT    NOT NULL CHECK (json_valid(body)),
    created_at    TEXT    NOT NULL,
    next_at       TEXT    NOT NULL,
    claimed_until TEXT,
    attempts      INTEGER NOT NULL,
    last_error    TEXT,
    delivered_at  TEXT,
    given_up_at   TEXT
) STRICT;
CREATE UNIQUE INDEX outbox_target_id ON outbox (target, id);
CREATE INDEX outbox_waiting ON outbox (target, sequence) WHERE delivered_at IS NULL AND given_up_at IS NULL;
