-- +goose Up

-- How anybody can tell that an item is done.
ALTER TABLE items ADD COLUMN done_when TEXT;
