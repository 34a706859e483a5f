package main_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/manifest"
)

const shop = `
products:
  - {name: shop, zone: Europe/Berlin, slot: {weekday: tuesday, time: "10:00"}}
services:
  - {name: checkout, product: shop, team: payments}
  - {name: search, product: shop}
slos:
  - name: checkout-availability
    service: checkout
    objective: 0.999
    indicator: {events: {total: 'http_requests_total{job="checkout"}', bad: 'http_requests_total{job="checkout",code=~"5.."}'}}
items:
  - {key: PM-1, title: Retry payments with backoff, service: checkout, slo: checkout-availability, owner: ana, due: 2026-12-01, opened_on: 2026-11-02}
  - {key: PM-2, title: Bound the queue, service: search, status: done, evidence: https://git.example.org/1}
policy: {at_risk: 0.8}
`

// applied returns what applying a manifest says, refusals with an x.
func (s *server) applied(t *testing.T, text string, force bool) []string {
	t.Helper()
	lines, refused := s.apply(t, read(t, text), force)
	for _, r := range refused {
		lines = append(lines, fmt.Sprintf("x %s %s: %s", r.At, r.Thing, r.Message))
	}
	return lines
}

func (s *server) item(t *testing.T, key string) burnlist.ItemView {
	t.Helper()
	list, err := s.Items(t.Context(), client.ItemFilter{Key: key})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("item %s: %v, %v", key, list.Items, err)
	}
	return list.Items[0]
}

// TestApplyDoesWhatDiffers is one server that a series of manifests is applied
// to, each with what that says.
func TestApplyDoesWhatDiffers(t *testing.T) {
	s := serve(t, sqlite(t), false)
	for _, step := range []struct {
		name, text string
		force      bool
		says       []string // in order; of refusals the beginning
	}{
		{name: "an empty server gets everything in order", text: shop, says: []string{
			"~ policy at_risk 0.75 → 0.8", "+ product shop", "+ service checkout", "+ service search", "+ slo checkout-availability",
			"+ item PM-1", "+ item PM-2", "~ item PM-2 status open → done",
		}},
		{name: "the second time there is nothing to do", text: shop},
		{
			name: "what differs is changed, and what is null is cleared",
			text: `
products: [{name: shop, slot: {weekday: friday, time: "10:00"}}]
services: [{name: checkout, team: null}]
slos: [{name: checkout-availability, objective: 0.9995, window: 7d, advisory: true}]
items: [{key: PM-1, owner: null, due: 2026-12-08, source: {url: https://wiki.example.org/1}, slo: null}]`,
			says: []string{
				"~ product shop slot.weekday tuesday → friday", "~ service checkout team payments → none",
				"~ slo checkout-availability objective 0.999 → 0.9995, window 30d → 7d, advisory no → yes",
				"~ item PM-1 slo checkout-availability → none, source.url none → https://wiki.example.org/1, owner ana → none, due 2026-12-01 → 2026-12-08",
			},
		},
		{
			name: "what was decided stays, and the rest of the item changes",
			text: `items: [{key: PM-2, title: Bound the queue at 1000, owner: ben, due: 2026-12-24, status: open}]`,
			says: []string{
				"~ item PM-2 title Bound the queue → Bound the queue at 1000",
				"! item PM-2 status kept (decided on 2026-11-23): done → open; --force changes it",
				"! item PM-2 owner kept (decided on 2026-11-23): none → ben; --force changes it",
				"! item PM-2 due kept (decided on 2026-11-23): none → 2026-12-24; --force changes it",
			},
		},
		{
			name:  "force changes it by decisions",
			text:  `items: [{key: PM-2, owner: ben, status: open}]`,
			force: true,
			says:  []string{"~ item PM-2 status done → open", "~ item PM-2 owner none → ben"},
		},
		{
			name:  "an open item is put away with a reason",
			text:  `items: [{key: PM-2, status: deprioritised}, {key: PM-1, status: done}]`,
			force: true,
			says:  []string{"~ item PM-2 status open → deprioritised", "~ item PM-1 status open → done"},
		},
		{
			name:  "from one closed status to another it is opened between",
			text:  `items: [{key: PM-2, status: done, reason: It was done after all.}]`,
			force: true,
			says:  []string{"~ item PM-2 status deprioritised → open", "~ item PM-2 status open → done"},
		},
		{
			name: "what depends on something refused is left, and the rest is done",
			text: `
services: [{name: mail, product: post}, {name: cart, product: shop}]
slos: [{name: mail-up, service: mail, objective: 0.9, indicator: {ratio: {expression: up}}}]
items: [{key: PM-3, title: Alert on bounces, service: mail}, {key: PM-4, title: Cache the cart, service: cart}]`,
			says: []string{
				"+ service mail", "+ service cart", "+ slo mail-up", "+ item PM-3", "+ item PM-4",
				`x stdin:2:12 service mail: the service is not valid`, "x stdin:3:8 slo mail-up: was left as it is, because service mail was refused",
				"x stdin:4:9 item PM-3: was left as it is, because service mail was refused",
			},
		},
		{
			name: "what cannot be created is refused before anything is sent",
			text: `
products: [{name: post}]
slos: [{name: checkout-availability, service: search}]
items: [{key: PM-5, title: A thing}]`,
			says: []string{
				"x stdin:2:12 product post: is not on the server, and cannot be created without zone",
				"x stdin:3:47 slo checkout-availability: belongs to service checkout on the server, and not to search: an SLO does not move",
				"x stdin:4:9 item PM-5: is not on the server, and cannot be created without service",
			},
		},
		{
			name: "a duplicate is decided while the item that goes on is open",
			text: `
items:
  - {key: PM-6, title: The same, service: cart, status: duplicate, of: PM-7}
  - {key: PM-7, title: The same again, service: cart, status: duplicate, of: PM-8}
  - {key: PM-8, title: The one, service: cart, status: done}
  - {key: PM-9, title: Another, service: cart, status: duplicate, of: PM-404}`,
			says: []string{
				"+ item PM-6", "+ item PM-7", "+ item PM-8", "+ item PM-9", "~ item PM-6 status open → duplicate", "~ item PM-7 status open → duplicate",
				"~ item PM-8 status open → done", "~ item PM-9 status open → duplicate",
				"x stdin:6:56 item PM-9: there is no item PM-404, which is to go on for it",
			},
		},
		{
			name: "what is retired goes after what belongs to it",
			text: `
products: [{name: shop, retired: true}]
services: [{name: search, retired: true}, {name: checkout, retired: true}, {name: cart, retired: true}]
slos: [{name: checkout-availability, retired: true}]
items: [{key: PM-4, status: done}, {key: PM-9, status: done}]`,
			says: []string{
				"~ item PM-4 status open → done", "~ item PM-9 status open → done", "- slo checkout-availability retired",
				"- service cart retired", "- service checkout retired", "- service search retired", "- product shop retired",
			},
		},
		{
			name: "and comes back before it",
			text: `
products: [{name: shop, retired: false}]
services: [{name: checkout, retired: false}]
slos: [{name: checkout-availability, retired: false}]`,
			says: []string{"~ product shop retired yes → no", "~ service checkout retired yes → no", "~ slo checkout-availability retired yes → no"},
		},
	} {
		got := s.applied(t, step.text, step.force)
		same := slices.EqualFunc(got, step.says, func(got, says string) bool {
			return got == says || strings.HasPrefix(says, "x ") && strings.HasPrefix(got, says)
		})
		if !same {
			t.Errorf("%s:\n%s", step.name, cmp.Diff(got, step.says))
		}
		again, refused := s.apply(t, read(t, step.text), step.force)
		again = slices.DeleteFunc(again, func(line string) bool { return line[0] == '!' })
		if len(again) > len(refused) {
			t.Errorf("%s: the second time there is still something to do: %v", step.name, again)
		}
	}
	if i := s.item(t, "PM-2"); i.Closing == nil || i.Closing.Reason != "It was done after all." {
		t.Errorf("PM-2 is %+v", i)
	}
	h, err := s.ItemHistory(t.Context(), s.item(t, "PM-2").ID)
	if err != nil || !slices.ContainsFunc(h.Events, func(e burnlist.Event) bool {
		return e.Decision != nil && e.Decision.Kind == burnlist.DecideDeprioritise && e.Decision.Reason == "applied from stdin"
	}) {
		t.Errorf("the history does not say why it was put away: %+v, %v", h.Events, err)
	}
}

func TestAnItemWithoutAKeyIsKnownByNumberAndTitle(t *testing.T) {
	s := serve(t, sqlite(t), false)
	s.applied(t, shop, false)
	i, err := s.CreateItem(t.Context(), client.NewItem{Title: "Alert on saturation", Service: "search"})
	if err != nil {
		t.Fatal(err)
	}
	key := fmt.Sprintf("burnlist/%d", i.ID)
	got := s.applied(t, `items: [{key: `+key+`, title: Alert on saturation, service: search, priority: P0}]`, false)
	if diff := cmp.Diff(got, []string{"~ item " + key + " priority P2 → P0"}); diff != "" {
		t.Errorf("got -, want +:\n%s", diff)
	}
	got = s.applied(t, `items: [{key: `+key+`, title: Something else, service: search}]`, false)
	if len(got) != 1 || !strings.Contains(got[0], `that one is called "Alert on saturation" on the server: give the item a key`) {
		t.Errorf("got %v", got)
	}
	// The same when so many are named that all are listed.
	var text strings.Builder
	for n := range 250 {
		fmt.Fprintf(&text, "  - {key: M-%d, title: x, service: search}\n", n)
	}
	p, _ := s.plan(t, read(t, "items:\n  - {key: "+key+", title: Alert on saturation, service: search, priority: P0}\n  - {key: PM-1, priority: P2}\n"+text.String()), false)
	if p.Unchanged != 2 || len(p.Steps) != 250 {
		t.Errorf("%d unchanged and %d steps", p.Unchanged, len(p.Steps))
	}
}

// TestAnIntervalThatTheServerFoundIsNotTakenAway writes a gauge without one,
// twice.
func TestAnIntervalThatTheServerFoundIsNotTakenAway(t *testing.T) {
	s := serve(t, sqlite(t), false)
	text := shop + `
---
slos: [{name: search-up, service: search, objective: 0.99, indicator: {gauge: {selector: 'up{job="search"}', missing_as: bad}}}]`
	if got := s.applied(t, text, false); len(got) != 9 {
		t.Fatalf("got %v", got)
	}
	o, err := s.SLO(t.Context(), "search-up")
	if err != nil || o.Indicator.Gauge.Interval == 0 {
		t.Errorf("got %+v, %v: the server found no interval, so that nothing is tried here", o.Indicator.Gauge, err)
	}
	if got := s.applied(t, text, false); len(got) != 0 {
		t.Errorf("the second time: %v", got)
	}
}

func TestWhatIsInterruptedGoesOnTheNextTime(t *testing.T) {
	s := serve(t, sqlite(t), false)
	m := read(t, shop)
	p, state := s.plan(t, m, false)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := 0
	_, err := p.Run(ctx, s.Client, state, func(manifest.Step, *manifest.Refusal) {
		done++
		if done == 4 {
			cancel()
		}
	})
	if err == nil || !strings.Contains(err.Error(), "4 of 8 steps are done; repeat it to go on") {
		t.Errorf("got %v", err)
	}
	if got := s.applied(t, shop, false); len(got) != 4 {
		t.Errorf("the rest is %v", got)
	}
}

func TestWhatSomebodyElseChangedMeanwhileIsRefused(t *testing.T) {
	s := serve(t, sqlite(t), false)
	s.applied(t, shop, false)
	m := read(t, `services: [{name: search, team: discovery}]`)
	p, state := s.plan(t, m, false)
	if _, err := s.UpdateService(t.Context(), "search", 1, client.ServiceChange{Team: new(burnlist.NullString("finders"))}); err != nil {
		t.Fatal(err)
	}
	refused, err := p.Run(t.Context(), s.Client, state, func(manifest.Step, *manifest.Refusal) {})
	if err != nil || len(refused) != 1 || !strings.Contains(refused[0].Message, "at version 2 now, not 1") {
		t.Errorf("got %v and %v", refused, err)
	}
}
