-- What schema 2 could store beside that: reviews and what belongs to them.
UPDATE counter SET revision = 12;

UPDATE items SET snooze = '{"until":"2026-12-05","reason":"freeze","at":"2026-11-09T09:00:06.000Z","actor":"ana"}' WHERE id = 2;

INSERT INTO items (id, title, service, priority, opened_on, status, trail, facts, version, created_at, updated_at, origin, returned) VALUES
    (4, 'the other half', 'search', 'P2', '2026-11-09', 'open', '{}', '{}', 1, '2026-11-09T09:00:05.000Z', '2026-11-09T09:00:05.000Z', 2, '{"at":"2026-11-09T09:00:05.000Z","cause":"revisit","from":"2026-11-02T10:00:05.000Z"}');

INSERT INTO changes (revision, at, actor, verified, kind, decision, review, subjects, after) VALUES
    (9, '2026-11-09T09:00:03.000Z', 'burnlist', (1 = 1), 'states.changed', NULL, NULL, '["service/checkout"]', '{"standings":[{"service":"checkout","state":"burning","since":"2026-11-09T09:00:03.000Z","jump":null}]}'),
    (10, '2026-11-09T09:00:04.000Z', 'ana', (1 = 0), 'review.opened', NULL, 1, '["review/1","product/shop"]', '{"reviews":[{"id":1,"product":"shop","state":"open","date":"2026-11-09","zone":"Europe/Berlin","version":1}]}'),
    (11, '2026-11-09T09:00:05.000Z', 'ana', (1 = 0), 'item.decided', '{"kind":"commit","owner":"ana@example.org","due":"2026-12-01"}', 1, '["item/1","service/checkout","review/1","product/shop"]', '{"items":[{"id":1,"title":"alert"}]}'),
    (12, '2026-11-09T09:00:07.000Z', 'ana', (1 = 0), 'review.concluded', NULL, 1, '["item/1","review/1","product/shop"]', '{"reviews":[{"id":1,"product":"shop","state":"attended","date":"2026-11-09","zone":"Europe/Berlin","version":2}]}');

INSERT INTO change_subjects (subject, revision) VALUES
    ('service/checkout', 9), ('review/1', 10), ('product/shop', 10), ('item/1', 11), ('service/checkout', 11), ('review/1', 11), ('product/shop', 11),
    ('item/1', 12), ('review/1', 12), ('product/shop', 12);

INSERT INTO reviews (id, product, state, slot, date, body, version, updated_at) VALUES
    (1, 'shop', 'attended', '2026-11-09', '2026-11-09', '{"id":1,"product":"shop","state":"attended","slot":"2026-11-09","date":"2026-11-09","zone":"Europe/Berlin","opened_at":"2026-11-09T09:00:04.000Z","opened_by":"ana","frozen_at":"2026-11-09T09:00:04.000Z","concluded_at":"2026-11-09T09:00:07.000Z","concluded_by":"ana","policy_version":2,"states":{"checkout":"burning"},"entries":1,"jump":1,"tally":{"decided":1,"open":2},"version":2,"updated_at":"2026-11-09T09:00:07.000Z"}', 2, '2026-11-09T09:00:07.000Z');

INSERT INTO agendas (review, services) VALUES (1, '{"budgets":[1e-05,0.10]}');

INSERT INTO agenda_entries (review, position, item, service, read_only, jump, body) VALUES
    (1, 1, 1, 'checkout', (1 = 0), (1 = 1), '{"position":1,"item":1,"service":"checkout","rank":1,"jump":true,"due":"2026-12-01","shown":{"score":0.50,"title":"alert"}}');

INSERT INTO review_decisions (review, id, item, body, before, after, undone_at) VALUES
    (1, 1, 1, '{"id":1,"review":1,"item":1,"decision":{"kind":"commit","owner":"ana@example.org","due":"2026-12-01"},"actor":"ana","at":"2026-11-09T09:00:05.000Z"}', '[{"id":1,"title":"alert","service":"checkout","version":1}]', '{"1":2}', NULL);

INSERT INTO digests (review, body) VALUES (1, '{"text":"all is well"}');

INSERT INTO standings (service, revision, body) VALUES ('checkout', 9, '{"service":"checkout","state":"burning","since":"2026-11-09T09:00:03.000Z","jump":null}');

INSERT INTO outbox (sequence, id, target, body, created_at, next_at, claimed_until, attempts, last_error, delivered_at, given_up_at) VALUES
    (1, 'review-1', 'slack', '{"id":"review-1","target":"slack","product":"shop","subject":"the review"}', '2026-11-09T09:00:07.000Z', '2026-11-09T09:00:07.000Z', NULL, 0, NULL, NULL, NULL),
    (2, 'review-1', 'mail', '{"id":"review-1","target":"mail","product":"shop","subject":"the review"}', '2026-11-09T09:00:07.000Z', '2026-11-09T09:00:07.000Z', NULL, 1, NULL, '2026-11-09T09:00:09.000Z', NULL);
