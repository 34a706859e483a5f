-- What schema 4 could store beside that: a request under a key.
UPDATE counter SET revision = 14;

INSERT INTO changes (revision, at, actor, verified, kind, subjects, after, idempotency_key, request) VALUES
    (14, '2026-11-10T12:00:00.000Z', 'ana', (1 = 0), 'exclusion.removed', '["slo/checkout-availability"]', '{"exclusions":[{"id":1,"slo":"checkout-availability","start":"2026-11-10T09:00:00.000Z","end":"2026-11-10T10:00:00.000Z","reason":"maintenance","note":null,"author":"ana","created_at":"2026-11-10T11:00:00.000Z","removed_at":"2026-11-10T12:00:00.000Z","removed_by":"ana"}]}', 'key-1', 'ab12');

INSERT INTO change_subjects (subject, revision) VALUES ('slo/checkout-availability', 14);
UPDATE exclusions SET removed_at = '2026-11-10T12:00:00.000Z', removed_by = 'ana' WHERE id = 1;
