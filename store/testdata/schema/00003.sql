-- What schema 3 could store beside that: corrections, rolled-up slices,
-- exclusions, a lease.
UPDATE counter SET revision = 13;

UPDATE ledgers SET reread_2h = 7200, reread_24h = 3600 WHERE id = 2;
UPDATE slices SET violated = (1 = 1), corrected = (1 = 1) WHERE ledger = 2 AND start = 3600;

INSERT INTO rolled (ledger, start, width, data, empty, bad, total, bad_slices, violations, corrections) VALUES (2, 7200, 3600, 3000, 300, 0.5, 10, 1, 0, 1);

INSERT INTO leases (name, holder, epoch, until_at) VALUES ('collector', 'host/ABCDEFGH', 7, '2026-11-16T09:00:00.000Z');

INSERT INTO exclusions (id, slo, start_at, end_at, reason, note, author, created_at, removed_at, removed_by) VALUES
    (1, 'checkout-availability', '2026-11-10T09:00:00.000Z', '2026-11-10T10:00:00.000Z', 'maintenance', '', 'ana', '2026-11-10T11:00:00.000Z', NULL, NULL);

INSERT INTO changes (revision, at, actor, verified, kind, subjects, after) VALUES
    (13, '2026-11-10T11:00:00.000Z', 'ana', (1 = 0), 'slo.excluded', '["slo/checkout-availability"]', '{"exclusions":[{"id":1,"slo":"checkout-availability","start":"2026-11-10T09:00:00.000Z","end":"2026-11-10T10:00:00.000Z","reason":"maintenance","note":null,"author":"ana","created_at":"2026-11-10T11:00:00.000Z","removed_at":null,"removed_by":null}]}');

INSERT INTO change_subjects (subject, revision) VALUES ('slo/checkout-availability', 13);
