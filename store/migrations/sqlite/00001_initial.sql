-- +goose Up

-- The one row from which every writing transaction takes its revision.
CREATE TABLE counter (
    id       INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    revision INTEGER NOT NULL
) STRICT;
INSERT INTO counter (id, revision) VALUES (1, 0);

CREATE TABLE changes (
    revision INTEGER NOT NULL PRIMARY KEY,
    at       TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
    kind     TEXT    NOT NULL,
    decision TEXT    CHECK (json_valid(decision)),
    subjects TEXT    NOT NULL CHECK (json_valid(subjects)),
    after    TEXT    NOT NULL CHECK (json_valid(after))
) STRICT;

CREATE TABLE policies (
    version    INTEGER NOT NULL PRIMARY KEY,
    body       TEXT    NOT NULL CHECK (json_valid(body)),
    updated_at TEXT    NOT NULL
) STRICT;

CREATE TABLE products (
    name         TEXT    NOT NULL PRIMARY KEY,
    zone         TEXT    NOT NULL,
    slot_weekday TEXT    NOT NULL,
    slot_time    TEXT    NOT NULL,
    retired_at   TEXT,
    version      INTEGER NOT NULL,
    created_at   TEXT    NOT NULL,
    updated_at   TEXT    NOT NULL
) STRICT;

CREATE TABLE services (
    name       TEXT    NOT NULL PRIMARY KEY,
    product    TEXT    NOT NULL REFERENCES products (name),
    team       TEXT,
    retired_at TEXT,
    version    INTEGER NOT NULL,
    created_at TEXT    NOT NULL,
    updated_at TEXT    NOT NULL
) STRICT;
CREATE INDEX services_product ON services (product);

-- One row for each indicator that an SLO ever had.
CREATE TABLE ledgers (
    id         INTEGER NOT NULL PRIMARY KEY,
    slo        TEXT    NOT NULL,
    indicator  TEXT    NOT NULL CHECK (json_valid(indicator)),
    created_at TEXT    NOT NULL
) STRICT;

CREATE TABLE slos (
    name           TEXT    NOT NULL PRIMARY KEY,
    service        TEXT    NOT NULL REFERENCES services (name),
    source         TEXT    NOT NULL,
    objective      REAL    NOT NULL CHECK (objective > 0 AND objective < 1),
    window_seconds INTEGER NOT NULL,
    slice_seconds  INTEGER NOT NULL,
    indicator      TEXT    NOT NULL CHECK (json_valid(indicator)),
    advisory       INTEGER NOT NULL CHECK (advisory IN (0, 1)),
    ledger         INTEGER NOT NULL UNIQUE REFERENCES ledgers (id),
    retired_at     TEXT,
    version        INTEGER NOT NULL,
    created_at     TEXT    NOT NULL,
    updated_at     TEXT    NOT NULL
) STRICT;
CREATE INDEX slos_service ON slos (service);

CREATE TABLE items (
    id         INTEGER NOT NULL PRIMARY KEY,
    key        TEXT    UNIQUE,
    title      TEXT    NOT NULL,
    service    TEXT    NOT NULL REFERENCES services (name),
    slo        TEXT    REFERENCES slos (name),
    owner      TEXT,
    due        TEXT,
    priority   TEXT    NOT NULL,
    ticket     TEXT,
    opened_on  TEXT    NOT NULL,
    status     TEXT    NOT NULL CHECK (status IN ('open', 'done', 'deprioritised', 'duplicate')),
    source     TEXT    CHECK (json_valid(source)),
    closing    TEXT    CHECK (json_valid(closing)),
    trail      TEXT    NOT NULL CHECK (json_valid(trail)),
    facts      TEXT    NOT NULL CHECK (json_valid(facts)),
    version    INTEGER NOT NULL,
    created_at TEXT    NOT NULL,
    updated_at TEXT    NOT NULL
) STRICT;
CREATE INDEX items_service ON items (service);
CREATE INDEX items_owner ON items (owner);
CREATE INDEX items_status ON items (status);

CREATE TABLE slices (
    ledger INTEGER NOT NULL REFERENCES ledgers (id),
    start  INTEGER NOT NULL,
    state  INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
    bad    REAL    NOT NULL CHECK (bad >= 0),
    total  REAL    NOT NULL CHECK (total >= bad),
    PRIMARY KEY (ledger, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE figures (
    slo      TEXT    NOT NULL PRIMARY KEY REFERENCES slos (name),
    revision INTEGER NOT NULL,
    body     TEXT    NOT NULL CHECK (json_valid(body))
) STRICT;

CREATE TABLE incident_costs (
    item  INTEGER NOT NULL PRIMARY KEY REFERENCES items (id),
    slo   TEXT    NOT NULL REFERENCES slos (name),
    share REAL    NOT NULL
) STRICT;

-- The one row that says when the budgets were last refreshed.
CREATE TABLE refresh (
    id           INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    refreshed_at TEXT
) STRICT;
INSERT INTO refresh (id) VALUES (1);
