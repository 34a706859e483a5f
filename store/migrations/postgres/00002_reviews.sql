-- +goose Up

-- Since when slots open reviews: of products that are there already, from now
-- on, as nobody expected a review before.
ALTER TABLE products ADD COLUMN slots_from timestamptz;
UPDATE products SET slots_from = date_trunc('milliseconds', now());
ALTER TABLE products ALTER COLUMN slots_from SET NOT NULL;

ALTER TABLE items ADD COLUMN snooze json;
ALTER TABLE items ADD COLUMN returned json;
ALTER TABLE items ADD COLUMN origin bigint REFERENCES items (id);

ALTER TABLE changes ADD COLUMN review bigint;

-- What each change touches, to find the changes of one thing. Refreshed budgets
-- are left out: they touch everything, all the time.
CREATE TABLE change_subjects (
    subject  text COLLATE "C" NOT NULL,
    revision bigint           NOT NULL REFERENCES changes (revision),
    PRIMARY KEY (subject, revision)
);
INSERT INTO change_subjects (subject, revision)
SELECT DISTINCT s.subject, c.revision
FROM changes c CROSS JOIN LATERAL json_array_elements_text(c.subjects) AS s (subject)
WHERE c.kind <> 'budgets.refreshed';

-- The body is the whole review; the other columns are what it is found by.
CREATE TABLE reviews (
    id         bigint           NOT NULL PRIMARY KEY,
    product    text COLLATE "C" NOT NULL REFERENCES products (name),
    state      text             NOT NULL CHECK (state IN ('open', 'attended', 'skipped', 'cancelled')),
    slot       text COLLATE "C",
    date       text COLLATE "C" NOT NULL,
    body       json             NOT NULL,
    version    bigint           NOT NULL,
    updated_at timestamptz      NOT NULL
);
CREATE INDEX reviews_product ON reviews (product, id);
CREATE UNIQUE INDEX reviews_open ON reviews (product) WHERE state = 'open';
CREATE UNIQUE INDEX reviews_slot ON reviews (product, slot) WHERE slot IS NOT NULL;

CREATE TABLE agendas (
    review   bigint NOT NULL PRIMARY KEY REFERENCES reviews (id),
    services json
);

CREATE TABLE agenda_entries (
    review    bigint           NOT NULL REFERENCES agendas (review),
    position  bigint           NOT NULL,
    item      bigint           NOT NULL REFERENCES items (id),
    service   text COLLATE "C" NOT NULL,
    read_only boolean          NOT NULL,
    jump      boolean          NOT NULL,
    body      json             NOT NULL,
    PRIMARY KEY (review, position)
);
CREATE UNIQUE INDEX agenda_entries_review_item ON agenda_entries (review, item);
CREATE INDEX agenda_entries_item ON agenda_entries (item);

CREATE TABLE review_decisions (
    review    bigint NOT NULL REFERENCES reviews (id),
    id        bigint NOT NULL,
    item      bigint NOT NULL REFERENCES items (id),
    body      json   NOT NULL,
    before    json   NOT NULL,
    after     json   NOT NULL,
    undone_at timestamptz,
    PRIMARY KEY (review, id)
);

CREATE TABLE digests (
    review bigint NOT NULL PRIMARY KEY REFERENCES reviews (id),
    body   json   NOT NULL
);

CREATE TABLE standings (
    service  text COLLATE "C" NOT NULL PRIMARY KEY REFERENCES services (name),
    revision bigint           NOT NULL,
    body     json             NOT NULL
);

-- Messages to be delivered, each until it is delivered or given up.
CREATE TABLE outbox (
    sequence      bigint           NOT NULL PRIMARY KEY,
    id            text COLLATE "C" NOT NULL,
    target        text COLLATE "C" NOT NULL,
    body          json             NOT NULL,
    created_at    timestamptz      NOT NULL,
    next_at       timestamptz      NOT NULL,
    claimed_until timestamptz,
    attempts      bigint           NOT NULL,
    last_error    text,
    delivered_at  timestamptz,
    given_up_at   timestamptz
);
CREATE UNIQUE INDEX outbox_target_id ON outbox (target, id);
CREATE INDEX outbox_waiting ON outbox (target, sequence) WHERE delivered_at IS NULL AND given_up_at IS NULL;
