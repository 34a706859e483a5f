package review

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// Recipient is a target that gets digests.
type Recipient struct {
	Target   string
	Products []string      // all if empty
	Weekly   burnlist.Slot // when it also gets the digest of the week, in the product's zone; never if zero
}

func (r Recipient) wants(product string) bool {
	return len(r.Products) == 0 || slices.Contains(r.Products, product)
}

// latestWeekly is how late a weekly digest may be sent, as after a downtime.
const latestWeekly = burnlist.Day

// sendWeek puts the digest of the week into the outbox for those recipients
// whose time has come.
func (k *Keeper) sendWeek(ctx context.Context, by burnlist.Author, p *burnlist.Product) error {
	if p.RetiredAt != nil {
		return nil
	}
	for _, to := range k.recipients {
		if to.Weekly == (burnlist.Slot{}) || !to.wants(p.Name) {
			continue
		}
		timed := *p
		timed.Slot = to.Weekly
		date := timed.SlotBefore(by.At)
		at := to.Weekly.On(date, p.Location())
		id := fmt.Sprintf("week-%s-%s", p.Name, date)
		if by.At.Sub(at) > latestWeekly || at.Before(p.CreatedAt) || k.sent[to.Target+" "+id] {
			continue
		}
		d, err := k.Week(ctx, p.Name, by.At)
		if err != nil {
			return err
		}
		if err := k.store.PutMessages(ctx, by, d.messages(id, []Recipient{to}, by.At)); err != nil {
			return err
		}
		k.sent[to.Target+" "+id] = true
	}
	return nil
}

// messages returns the digest as one message for each recipient that wants it.
func (d Digest) messages(id string, to []Recipient, at time.Time) []burnlist.Message {
	var all []burnlist.Message
	for _, r := range to {
		if r.wants(d.Product) {
			all = append(all, burnlist.Message{
				ID: id, Target: r.Target, Product: d.Product, Subject: d.Subject(),
				Markdown: d.Markdown(), HTML: d.HTML(), Slack: d.Slack(), CreatedAt: at,
			})
		}
	}
	return all
}
