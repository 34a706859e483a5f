-- +goose Up

-- Of a slice: bad and total were brought into their bounds; reading it again
-- changed it.
ALTER TABLE slices ADD COLUMN violated INTEGER NOT NULL DEFAULT 0 CHECK (violated IN (0, 1));
ALTER TABLE slices ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0 CHECK (corrected IN (0, 1));

-- How far a ledger was read again, in Unix seconds.
ALTER TABLE ledgers ADD COLUMN reread_2h INTEGER NOT NULL DEFAULT 0 CHECK (reread_2h >= 0);
ALTER TABLE ledgers ADD COLUMN reread_24h INTEGER NOT NULL DEFAULT 0 CHECK (reread_24h BETWEEN 0 AND reread_2h);

-- Hours and days that slices were rolled up into. The first hour of a day and
-- the day have one key: a day takes the place of its hours.
CREATE TABLE rolled (
    ledger      INTEGER NOT NULL REFERENCES ledgers (id),
    start       INTEGER NOT NULL,
    width       INTEGER NOT NULL CHECK (width IN (3600, 86400)),
    data        INTEGER NOT NULL CHECK (data >= 0),
    empty       INTEGER NOT NULL CHECK (empty >= 0),
    bad         REAL    NOT NULL CHECK (bad >= 0),
    total       REAL    NOT NULL CHECK (total >= bad),
    bad_slices  INTEGER NOT NULL CHECK (bad_slices >= 0),
    violations  INTEGER NOT NULL CHECK (violations >= 0),
    corrections INTEGER NOT NULL CHECK (corrections >= 0),
    PRIMARY KEY (ledger, start),
    CHECK (start % width = 0),
    CHECK (data + empty <= width)
) STRICT, WITHOUT ROWID;

-- Who does what only one of all replicas may do, until when by this database's
-- clock. The epoch rises with each holder.
CREATE TABLE leases (
    name     TEXT    NOT NULL PRIMARY KEY,
    holder   TEXT    NOT NULL,
    epoch    INTEGER NOT NULL,
    until_at TEXT    NOT NULL
) STRICT;

CREATE TABLE exclusions (
    id         INTEGER NOT NULL PRIMARY KEY,
    slo        TEXT    NOT NULL REFERENCES slos (name),
    start_at   TEXT    NOT NULL,
    end_at     TEXT    NOT NULL CHECK (end_at > start_at),
    reason     TEXT    NOT NULL,
    note       TEXT    NOT NULL,
    author     TEXT    NOT NULL,
    created_at TEXT    NOT NULL,
    removed_at TEXT,
    removed_by TEXT
) STRICT;
CREATE INDEX exclusions_slo ON exclusions (slo);
