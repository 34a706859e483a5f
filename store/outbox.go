package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/burnlist/burnlist"
)

// messageRow is a message in the outbox. It waits until it is delivered or
// given up, and stays there afterwards, so that it is not sent again.
type messageRow struct {
	Sequence  int64 `gorm:"primaryKey;autoIncrement:false"`
	ID        string
	Target    string
	Body      document[messageBody]
	Created   instant `gorm:"column:created_at"`
	Next      instant `gorm:"column:next_at"` // not tried before
	Claimed   instant `gorm:"column:claimed_until"`
	Attempts  int     // that failed
	LastError burnlist.NullString
	Delivered instant `gorm:"column:delivered_at"`
	GivenUp   instant `gorm:"column:given_up_at"`
}

func (messageRow) TableName() string { return "outbox" }

type messageBody struct {
	Product  string `json:"product"`
	Subject  string `json:"subject"`
	Markdown string `json:"markdown"`
	HTML     string `json:"html"`
	Slack    string `json:"slack"`
}

func (r messageRow) noun() burnlist.Message {
	b := r.Body.V
	return burnlist.Message{
		ID: r.ID, Target: r.Target, Product: b.Product, Subject: b.Subject, Markdown: b.Markdown, HTML: b.HTML, Slack: b.Slack,
		CreatedAt: r.Created.Time, Sequence: r.Sequence, Attempts: r.Attempts, LastError: string(r.LastError),
	}
}

// waiting is the condition for messages that are neither delivered nor given up.
const waiting = "delivered_at IS NULL AND given_up_at IS NULL"

// PutMessages puts messages into the outbox, to be delivered in this order to
// each target. A message that its target has by its id already is left alone.
// Like all of the outbox it makes no change.
func (s *Store) PutMessages(ctx context.Context, by burnlist.Author, messages []burnlist.Message) error {
	_, err := s.write(ctx, "put messages into the outbox", by, func(tx *gorm.DB, _ burnlist.Author) (burnlist.Change, error) {
		return burnlist.Change{}, putMessages(ctx, tx, messages)
	})
	return err
}

func putMessages(ctx context.Context, tx *gorm.DB, messages []burnlist.Message) error {
	if len(messages) == 0 {
		return nil
	}
	var last int64
	if err := gorm.G[messageRow](tx).Select("COALESCE(MAX(sequence), 0)").Scan(ctx, &last); err != nil {
		return err
	}
	rows := make([]messageRow, len(messages))
	for n, m := range messages {
		last++
		rows[n] = messageRow{
			Sequence: last, ID: m.ID, Target: m.Target, Created: at(m.CreatedAt), Next: at(m.CreatedAt),
			Body: document[messageBody]{messageBody{m.Product, m.Subject, m.Markdown, m.HTML, m.Slack}},
		}
	}
	keep := clause.OnConflict{Columns: []clause.Column{{Name: "target"}, {Name: "id"}}, DoNothing: true}
	return gorm.G[messageRow](tx, keep).CreateInBatches(ctx, &rows, rowsPerStatement)
}

// ClaimMessage hands out the oldest message that waits for a target, and holds
// it until the given instant; or false, if there is none, it is not due yet, or
// somebody holds it. So no message overtakes an older one of its target.
func (s *Store) ClaimMessage(ctx context.Context, target string, now, until time.Time) (burnlist.Message, bool, error) {
	// Without taking the counter, which would keep writers waiting for nothing.
	if _, due, err := dueMessage(ctx, s.reader, target, now); err != nil || !due {
		return burnlist.Message{}, false, s.failed("look for a message", err)
	}
	var claimed messageRow
	err := s.writeOutbox(ctx, "claim a message", now, func(tx *gorm.DB) error {
		row, due, err := dueMessage(ctx, tx, target, now)
		if err != nil {
			return err
		}
		if !due {
			return errUnchanged
		}
		claimed = row
		return gorm.G[messageRow](tx).Exec(ctx, "UPDATE outbox SET claimed_until = ? WHERE sequence = ?", at(until), row.Sequence)
	})
	if err != nil || claimed.Sequence == 0 {
		return burnlist.Message{}, false, err
	}
	return claimed.noun(), true, nil
}

// dueMessage returns the oldest message that waits for a target, if it may be
// tried at now.
func dueMessage(ctx context.Context, db *gorm.DB, target string, now time.Time) (row messageRow, due bool, err error) {
	rows, err := gorm.G[messageRow](db).Where("target = ? AND "+waiting, target).Order("sequence").Limit(1).Find(ctx)
	if err != nil || len(rows) == 0 {
		return messageRow{}, false, err
	}
	row = rows[0]
	now = burnlist.Instant(now)
	return row, !row.Next.After(now) && !row.Claimed.After(now), nil
}

// MessageDelivered records that a message arrived. What is delivered stays so,
// even if somebody had given it up.
func (s *Store) MessageDelivered(ctx context.Context, m burnlist.Message, now time.Time) error {
	return s.writeOutbox(ctx, "record a delivery", now, func(tx *gorm.DB) error {
		return gorm.G[messageRow](tx).Exec(ctx,
			"UPDATE outbox SET delivered_at = ?, given_up_at = NULL, claimed_until = NULL WHERE sequence = ? AND delivered_at IS NULL", at(now), m.Sequence)
	})
}

// longestCause bounds what is kept of the reason why a delivery failed.
const longestCause = 1000

// MessageFailed records that a message could not be delivered, why, and when to
// try again. A zero retry gives it up, so that those behind it can go.
func (s *Store) MessageFailed(ctx context.Context, m burnlist.Message, cause string, now, retry time.Time) error {
	var next, givenUp instant
	if retry.IsZero() {
		next, givenUp = at(now), at(now)
	} else {
		next = at(retry)
	}
	// PostgreSQL stores no text with a zero byte in it, or that is not UTF-8.
	cause = strings.ReplaceAll(strings.ToValidUTF8(cause, "�"), "\x00", "�")
	if runes := []rune(cause); len(runes) > longestCause {
		cause = string(runes[:longestCause])
	}
	return s.writeOutbox(ctx, "record a failed delivery", now, func(tx *gorm.DB) error {
		return gorm.G[messageRow](tx).Exec(ctx,
			"UPDATE outbox SET attempts = attempts + 1, last_error = ?, next_at = ?, given_up_at = ?, claimed_until = NULL WHERE sequence = ? AND "+waiting,
			burnlist.NullString(cause), next, givenUp, m.Sequence)
	})
}

// writeOutbox runs do in a transaction that makes no change.
func (s *Store) writeOutbox(ctx context.Context, doing string, now time.Time, do func(tx *gorm.DB) error) error {
	_, err := s.write(ctx, doing, burnlist.System(now), func(tx *gorm.DB, _ burnlist.Author) (burnlist.Change, error) {
		return burnlist.Change{}, do(tx)
	})
	return err
}

// Undelivered returns how many messages wait, by target. Targets for which none
// waits are left out.
func (s *Store) Undelivered(ctx context.Context) (map[string]int, error) {
	var counts []struct {
		Target string
		Count  int
	}
	err := gorm.G[messageRow](s.reader).Where(waiting).Select("target, COUNT(*) AS count").Group("target").Scan(ctx, &counts)
	if err != nil {
		return nil, s.failed("count the messages", err)
	}
	all := make(map[string]int, len(counts))
	for _, c := range counts {
		all[c.Target] = c.Count
	}
	return all, nil
}
