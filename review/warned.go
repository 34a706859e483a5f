package review

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// warnings counts what the agenda found. The rollovers in it are those before
// this review, and so are counted anew.
func (c *composer) warnings(open int) DigestWarnings {
	rolledOver := prioritizer.RolledOver.String()
	var w DigestWarnings
	counts := map[string]*WarningCount{}
	var loud, alarms []DigestWarning
	add := func(one DigestWarning, name bool) {
		n := counts[one.Code]
		if n == nil {
			n = &WarningCount{Code: one.Code}
			counts[one.Code] = n
		}
		n.Count++
		w.Count++
		if one.Level == prioritizer.Alarm {
			n.Alarms++
			w.Alarms++
		}
		switch {
		case name:
			loud = append(loud, one)
		case one.Level == prioritizer.Alarm:
			alarms = append(alarms, one)
		}
	}

	reviews := c.Earlier
	if c.Review.ID != 0 {
		reviews = append([]burnlist.Review{c.Review}, c.Earlier...)
	}
	for _, p := range prioritizer.ReviewWarnings(c.Product, reviews, open, c.Policy, c.now) {
		add(DigestWarning{Code: p.Code.String(), Level: p.Level, Subject: p.Subject, Text: p.Text}, true)
	}
	for _, s := range c.frozen.Warnings {
		add(DigestWarning{Code: s.Code.String(), Level: s.Level, Subject: s.Subject, Text: s.Text}, false)
	}
	worst := slices.Clone(c.own)
	slices.SortStableFunc(worst, func(a, b burnlist.Item) int { return cmp.Compare(b.Facts.Streak, a.Facts.Streak) })
	for _, i := range worst {
		if i.Status != burnlist.Open || i.Facts.Streak == 0 {
			continue
		}
		level := prioritizer.Warn
		if i.Facts.Streak >= c.Policy.RolloverAlarm {
			level = prioritizer.Alarm
		}
		add(c.itemWarning(i.ID, rolledOver, level, fmt.Sprintf("rolled over %s; promised for %s", times(i.Facts.Streak), i.Facts.Promised)), false)
	}
	for _, e := range c.entries {
		for _, f := range c.seen[e.Item].Warnings {
			if f.Code != rolledOver {
				add(c.itemWarning(e.Item, f.Code, f.Level, f.Text), false)
			}
		}
	}
	loud = append(loud, alarms...)
	w.Unlisted = max(0, len(loud)-mostListed)
	w.Listed = listed(loud)
	w.Codes = make([]WarningCount, 0, len(counts))
	for _, code := range slices.Sorted(maps.Keys(counts)) {
		w.Codes = append(w.Codes, *counts[code])
	}
	slices.SortStableFunc(w.Codes, func(a, b WarningCount) int {
		return cmp.Or(cmp.Compare(b.Alarms, a.Alarms), cmp.Compare(b.Count, a.Count))
	})
	return w
}

func (c *composer) itemWarning(id int64, code string, level prioritizer.Level, text string) DigestWarning {
	of := c.item(id)
	return DigestWarning{Code: code, Level: level, Subject: fmt.Sprintf("item/%d", id), Item: &of, Text: text}
}
