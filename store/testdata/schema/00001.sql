-- What a burnlist of schema 1 may have stored, with rows in every table.
UPDATE counter SET revision = 8;

INSERT INTO policies (version, body, updated_at) VALUES (2, '{"at_risk":0.7,"at_risk_spent_7d":0.2,"at_risk_pace_7d":1.5,"low_traffic_events":5,"min_coverage":0.25,"stale_after":"1d","weights":{"budget":30,"priority":25,"incident":15,"overdue":15,"rollovers":15},"full_forecast":2,"full_incident_share":0.2,"full_overdue_days":28,"full_rollovers":4,"horizon_days":14,"version":2,"updated_at":"2026-11-02T10:00:07.000Z"}', '2026-11-02T10:00:07.000Z');

INSERT INTO products (name, zone, slot_weekday, slot_time, retired_at, version, created_at, updated_at) VALUES
    ('old', 'UTC', 'friday', '16:00', '2026-11-01T10:00:00.000Z', 2, '2026-10-01T10:00:00.000Z', '2026-11-01T10:00:00.000Z'),
    ('shop', 'Europe/Berlin', 'monday', '10:00', NULL, 1, '2026-11-02T10:00:00.500Z', '2026-11-02T10:00:00.500Z');

INSERT INTO services (name, product, team, retired_at, version, created_at, updated_at) VALUES
    ('checkout', 'shop', 'payments', NULL, 1, '2026-11-02T10:00:01.000Z', '2026-11-02T10:00:01.000Z'),
    ('search', 'shop', NULL, NULL, 1, '2026-11-02T10:00:02.000Z', '2026-11-02T10:00:02.000Z');

INSERT INTO ledgers (id, slo, indicator, created_at) VALUES
    (1, 'checkout-availability', '{"events":{"total":"all","bad":"bad"}}', '2026-11-02T10:00:03.000Z'),
    (2, 'checkout-availability', '{"events":{"total":"all","good":"good"}}', '2026-11-02T11:00:03.000Z');

INSERT INTO slos (name, service, source, objective, window_seconds, slice_seconds, indicator, advisory, ledger, retired_at, version, created_at, updated_at) VALUES
    ('checkout-availability', 'checkout', 'default', 0.999, 2592000, 300, '{"events":{"total":"all","good":"good"}}', (1 = 0), 2, NULL, 2, '2026-11-02T10:00:03.000Z', '2026-11-02T11:00:03.000Z');

INSERT INTO items (id, key, title, service, slo, owner, due, priority, ticket, opened_on, status, source, closing, trail, facts, version, created_at, updated_at) VALUES
    (1, 'PM-1', 'alert', 'checkout', 'checkout-availability', 'ana@example.org', '2026-12-01', 'P1', 'OPS-7', '2026-11-02', 'open',
     '{"product":null,"url":"https://wiki.example.org/pm/1","title":"PM 1","start":"2026-11-01T10:00:00Z","end":"2026-11-01T11:00:00Z"}', NULL,
     '{"touched_at":"2026-11-02T10:00:04.000Z","title_at":"2026-11-02T10:00:04.000Z","owner_at":"2026-11-02T10:00:04.000Z","due_at":"2026-11-02T10:00:04.000Z","first_due":"2026-12-01"}',
     '{"promised":"2026-12-01","streak":2,"total":3,"last_reviewed":null,"previous_rank":0}', 1, '2026-11-02T10:00:04.000Z', '2026-11-02T10:00:04.000Z'),
    (2, NULL, 'ünïcode ✓', 'search', NULL, NULL, NULL, 'P2', NULL, '2026-11-02', 'open', NULL, NULL, '{}', '{}', 1, '2026-11-02T10:00:05.000Z', '2026-11-02T10:00:05.000Z'),
    (3, NULL, 'tidy', 'search', NULL, NULL, NULL, 'P2', NULL, '2026-11-02', 'done', NULL,
     '{"at":"2026-11-02T10:00:06.000Z","on":"2026-11-02","actor":"ana","reason":null,"evidence":"https://example.org/pr/1","revisit":null}', '{}', '{}', 2, '2026-11-02T10:00:05.000Z', '2026-11-02T10:00:06.000Z');

INSERT INTO changes (revision, at, actor, verified, kind, decision, subjects, after) VALUES
    (1, '2026-11-02T10:00:00.500Z', 'ana', (1 = 0), 'product.created', NULL, '["product/shop"]', '{"products":[{"name":"shop","zone":"Europe/Berlin","slot":{"weekday":"monday","time":"10:00"},"version":1}]}'),
    (2, '2026-11-02T10:00:01.000Z', 'ana', (1 = 0), 'service.created', NULL, '["service/checkout","product/shop"]', '{"services":[{"name":"checkout","product":"shop","team":"payments","version":1}]}'),
    (3, '2026-11-02T10:00:03.000Z', 'ana', (1 = 0), 'slo.created', NULL, '["slo/checkout-availability","service/checkout"]', '{"slos":[{"name":"checkout-availability","service":"checkout","source":"default","objective":0.999,"window":"30d","slice":"5m","indicator":{"events":{"total":"all","bad":"bad"}},"ledger":1,"version":1}]}'),
    (4, '2026-11-02T10:00:04.000Z', 'ana', (1 = 0), 'item.created', NULL, '["item/1","service/checkout"]', '{"items":[{"id":1,"title":"alert"}]}'),
    (5, '2026-11-02T10:00:05.000Z', 'ben', (1 = 1), 'item.created', NULL, '["item/3","service/search","service/search"]', '{"items":[{"id":3,"title":"tidy"}]}'),
    (6, '2026-11-02T10:00:06.000Z', 'ana', (1 = 0), 'item.decided', '{"kind":"done","evidence":"https://example.org/pr/1"}', '["item/3","service/search"]', '{"items":[{"id":3,"title":"tidy","status":"done"}]}'),
    (7, '2026-11-02T10:00:07.000Z', 'ana', (1 = 0), 'policy.updated', NULL, '["policy"]', '{"policy":{"at_risk":0.7,"version":2}}'),
    (8, '2026-11-02T10:00:08.000Z', 'burnlist', (1 = 1), 'budgets.refreshed', NULL, '["slo/checkout-availability"]', '{}');

INSERT INTO slices (ledger, start, state, bad, total) VALUES (1, 600, 2, 1, 2), (2, 300, 0, 0, 0), (2, 3600, 2, 0.1, 0.3), (2, 3900, 1, 0, 0);

INSERT INTO figures (slo, revision, body) VALUES ('checkout-availability', 8, '{"slo":"checkout-availability","ledger":2,"objective":0.999,"window":"30d","at":"2026-11-02T10:00:00.000Z","coverage":0.3,"consumed":1.5,"burn":{"5m":null,"30m":null,"1h":14.4,"2h":null,"6h":null,"1d":null,"3d":null,"7d":null}}');

INSERT INTO incident_costs (item, slo, share) VALUES (1, 'checkout-availability', 0.25);

UPDATE refresh SET refreshed_at = '2026-11-02T10:00:08.000Z';
