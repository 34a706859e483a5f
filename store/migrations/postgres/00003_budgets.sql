-- +goose Up

-- Of a slice: bad and total were brought into their bounds; reading it again
-- changed it.
ALTER TABLE slices ADD COLUMN violated boolean NOT NULL DEFAULT false;
ALTER TABLE slices ADD COLUMN corrected boolean NOT NULL DEFAULT false;

-- How far a ledger was read again, in Unix seconds.
ALTER TABLE ledgers ADD COLUMN reread_2h bigint NOT NULL DEFAULT 0 CHECK (reread_2h >= 0);
ALTER TABLE ledgers ADD COLUMN reread_24h bigint NOT NULL DEFAULT 0 CHECK (reread_24h BETWEEN 0 AND reread_2h);

-- Hours and days that slices were rolled up into. The first hour of a day and
-- the day have one key: a day takes the place of its hours.
CREATE TABLE rolled (
    ledger      bigint           NOT NULL REFERENCES ledgers (id),
    start       bigint           NOT NULL,
    width       bigint           NOT NULL CHECK (width IN (3600, 86400)),
    data        bigint           NOT NULL CHECK (data >= 0),
    empty       bigint           NOT NULL CHECK (empty >= 0),
    bad         double precision NOT NULL CHECK (bad >= 0),
    total       double precision NOT NULL CHECK (total >= bad),
    bad_slices  bigint           NOT NULL CHECK (bad_slices >= 0),
    violations  bigint           NOT NULL CHECK (violations >= 0),
    corrections bigint           NOT NULL CHECK (corrections >= 0),
    PRIMARY KEY (ledger, start),
    CHECK (start % width = 0),
    CHECK (data + empty <= width)
);

-- Who does what only one of all replicas may do, until when by this database's
-- clock. The epoch rises with each holder.
CREATE TABLE leases (
    name     text COLLATE "C" NOT NULL PRIMARY KEY,
    holder   text             NOT NULL,
    epoch    bigint           NOT NULL,
    until_at timestamptz      NOT NULL
);

CREATE TABLE exclusions (
    id         bigint           NOT NULL PRIMARY KEY,
    slo        text COLLATE "C" NOT NULL REFERENCES slos (name),
    start_at   timestamptz      NOT NULL,
    end_at     timestamptz      NOT NULL CHECK (end_at > start_at),
    reason     text             NOT NULL,
    note       text             NOT NULL,
    author     text             NOT NULL,
    created_at timestamptz      NOT NULL,
    removed_at timestamptz,
    removed_by text
);
CREATE INDEX exclusions_slo ON exclusions (slo);
