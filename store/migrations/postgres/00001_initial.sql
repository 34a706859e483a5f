-- +goose Up

-- Texts that are sorted or compared are so by their bytes, whatever the
-- collation of the database.

-- The one row from which every writing transaction takes its revision.
CREATE TABLE counter (
    id       bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    revision bigint NOT NULL
);
INSERT INTO counter (id, revision) VALUES (1, 0);

CREATE TABLE changes (
    revision bigint      NOT NULL PRIMARY KEY,
    at       timestamptz NOT NULL,
    actor    text        NOT NULL,
    verified boolean     NOT NULL,
    kind     text        NOT NULL,
    decision json,
    subjects json        NOT NULL,
    after    json        NOT NULL
);

CREATE TABLE policies (
    version    bigint      NOT NULL PRIMARY KEY,
    body       json        NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE products (
    name         text COLLATE "C" NOT NULL PRIMARY KEY,
    zone         text             NOT NULL,
    slot_weekday text             NOT NULL,
    slot_time    text             NOT NULL,
    retired_at   timestamptz,
    version      bigint           NOT NULL,
    created_at   timestamptz      NOT NULL,
    updated_at   timestamptz      NOT NULL
);

CREATE TABLE services (
    name       text COLLATE "C" NOT NULL PRIMARY KEY,
    product    text COLLATE "C" NOT NULL REFERENCES products (name),
    team       text,
    retired_at timestamptz,
    version    bigint           NOT NULL,
    created_at timestamptz      NOT NULL,
    updated_at timestamptz      NOT NULL
);
CREATE INDEX services_product ON services (product);

-- One row for each indicator that an SLO ever had.
CREATE TABLE ledgers (
    id         bigint           NOT NULL PRIMARY KEY,
    slo        text COLLATE "C" NOT NULL,
    indicator  json             NOT NULL,
    created_at timestamptz      NOT NULL
);

CREATE TABLE slos (
    name           text COLLATE "C" NOT NULL PRIMARY KEY,
    service        text COLLATE "C" NOT NULL REFERENCES services (name),
    source         text             NOT NULL,
    objective      double precision NOT NULL CHECK (objective > 0 AND objective < 1),
    window_seconds bigint           NOT NULL,
    slice_seconds  bigint           NOT NULL,
    indicator      json             NOT NULL,
    advisory       boolean          NOT NULL,
    ledger         bigint           NOT NULL UNIQUE REFERENCES ledgers (id),
    retired_at     timestamptz,
    version        bigint           NOT NULL,
    created_at     timestamptz      NOT NULL,
    updated_at     timestamptz      NOT NULL
);
CREATE INDEX slos_service ON slos (service);

CREATE TABLE items (
    id         bigint           NOT NULL PRIMARY KEY,
    key        text COLLATE "C" UNIQUE,
    title      text             NOT NULL,
    service    text COLLATE "C" NOT NULL REFERENCES services (name),
    slo        text COLLATE "C" REFERENCES slos (name),
    owner      text COLLATE "C",
    due        text COLLATE "C",
    priority   text             NOT NULL,
    ticket     text,
    opened_on  text COLLATE "C" NOT NULL,
    status     text             NOT NULL CHECK (status IN ('open', 'done', 'deprioritised', 'duplicate')),
    source     json,
    closing    json,
    trail      json             NOT NULL,
    facts      json             NOT NULL,
    version    bigint           NOT NULL,
    created_at timestamptz      NOT NULL,
    updated_at timestamptz      NOT NULL
);
CREATE INDEX items_service ON items (service);
CREATE INDEX items_owner ON items (owner);
CREATE INDEX items_status ON items (status);

CREATE TABLE slices (
    ledger bigint           NOT NULL REFERENCES ledgers (id),
    start  bigint           NOT NULL,
    state  bigint           NOT NULL CHECK (state BETWEEN 0 AND 2),
    bad    double precision NOT NULL CHECK (bad >= 0),
    total  double precision NOT NULL CHECK (total >= bad),
    PRIMARY KEY (ledger, start)
);

CREATE TABLE figures (
    slo      text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES slos (name),
    revision bigint           NOT NULL,
    body     json             NOT NULL
);

CREATE TABLE incident_costs (
    item  bigint           NOT NULL PRIMARY KEY REFERENCES items (id),
    slo   text COLLATE "C" NOT NULL REFERENCES slos (name),
    share double precision NOT NULL
);

-- The one row that says when the budgets were last refreshed.
CREATE TABLE refresh (
    id           bigint NOT NULL PRIMARY KEY CHECK (id = 1),
    refreshed_at timestamptz
);
INSERT INTO refresh (id) VALUES (1);
