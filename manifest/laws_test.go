package manifest_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/config"
	"github.com/burnlist/burnlist/manifest"
)

// now is the moment at which the tests happen.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// read reads a manifest.
func read(t *testing.T, text string) *config.Manifest {
	t.Helper()
	m, err := config.ReadManifest(strings.NewReader(text), "-")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// model is a server in memory. It has the rules of the root package, and none
// of the store's, such as that what is named has to be there.
type model struct {
	manifest.State
	items map[string]burnlist.Item
}

var author = burnlist.Author{Actor: "ana@example.org", At: now}

var anyProduct = burnlist.Product{Name: "shop", Zone: "UTC", Slot: burnlist.DefaultSlot}

func retiredAt(was *time.Time, change *bool) *time.Time {
	switch {
	case change == nil:
		return was
	case *change:
		return &now
	}
	return nil
}

func set[T any](v, to *T) {
	if to != nil {
		*v = *to
	}
}

// do does one step, or fails as the server would.
func (m *model) do(s manifest.Step) error {
	name := s.Thing.Name
	switch b := s.Body.(type) {
	case client.PolicyChange:
		set(&m.Policy.AtRisk, b.AtRisk)
		set(&m.Policy.SnoozeDays, b.SnoozeDays)
		set(&m.Policy.Weights, b.Weights)
		return m.Policy.Validate()
	case client.NewProduct:
		p := burnlist.Product{Name: b.Name, Zone: b.Zone, Slot: burnlist.DefaultSlot}
		set(&p.Slot, b.Slot)
		m.Products[name] = p
		return p.Validate()
	case client.ProductChange:
		p := m.Products[name]
		set(&p.Zone, b.Zone)
		set(&p.Slot, b.Slot)
		p.RetiredAt = retiredAt(p.RetiredAt, b.Retired)
		m.Products[name] = p
		return p.Validate()
	case client.NewService:
		m.Services[name] = burnlist.Service{Name: b.Name, Product: b.Product, Team: burnlist.NullString(b.Team)}
		return m.Services[name].Validate()
	case client.ServiceChange:
		v := m.Services[name]
		set(&v.Product, b.Product)
		set(&v.Team, b.Team)
		v.RetiredAt = retiredAt(v.RetiredAt, b.Retired)
		m.Services[name] = v
		return v.Validate()
	case client.NewSLO:
		o := burnlist.SLO{
			Name: b.Name, Service: b.Service, Source: burnlist.DefaultSource, Objective: b.Objective,
			Window: burnlist.DefaultWindow, Slice: burnlist.DefaultSlice, Indicator: b.Indicator, Advisory: b.Advisory,
		}
		if b.Window != 0 {
			o.Window = b.Window
		}
		m.SLOs[name] = o
		return o.Validate()
	case client.SLOChange:
		o := m.SLOs[name]
		set(&o.Objective, b.Objective)
		set(&o.Window, b.Window)
		set(&o.Indicator, b.Indicator)
		set(&o.Advisory, b.Advisory)
		o.RetiredAt = retiredAt(o.RetiredAt, b.Retired)
		m.SLOs[name] = o
		return o.Validate()
	}
	return m.doItem(s)
}

func (m *model) doItem(s manifest.Step) error {
	is, ok := m.items[s.Thing.Name]
	var err error
	switch b := s.Body.(type) {
	case client.NewItem:
		f := burnlist.ItemFields{
			Key: burnlist.NullString(b.Key), Title: b.Title, Service: b.Service, SLO: burnlist.NullString(b.SLO),
			Owner: burnlist.NullString(b.Owner), Priority: b.Priority, Ticket: burnlist.NullString(b.Ticket), Source: b.Source, OpenedOn: b.OpenedOn, DoneWhen: burnlist.NullString(b.DoneWhen),
		}
		if err := f.Due.UnmarshalText([]byte(b.Due)); err != nil || ok {
			return fmt.Errorf("due %q, there already: %v", b.Due, ok)
		}
		is, err = burnlist.Item{}.With(f, author, anyProduct)
		is.ID = int64(len(m.items) + 1)
	case client.ItemChange:
		f := is.ItemFields
		set(&f.Title, b.Title)
		set(&f.Service, b.Service)
		set(&f.SLO, b.SLO)
		set(&f.Owner, b.Owner)
		set(&f.Priority, b.Priority)
		set(&f.Ticket, b.Ticket)
		set(&f.DoneWhen, b.DoneWhen)
		set(&f.OpenedOn, b.OpenedOn)
		if b.Source != nil {
			f.Source = b.Source
		}
		if b.Due != nil {
			if err := f.Due.UnmarshalText([]byte(*b.Due)); err != nil {
				return err
			}
		}
		is, err = is.With(f, author, anyProduct)
	case client.NewDecision:
		d := burnlist.Decision{Kind: b.Kind, Reason: burnlist.NullString(b.Reason), Evidence: burnlist.NullString(b.Evidence)}
		of := burnlist.Case{Item: is, Product: anyProduct, Policy: burnlist.DefaultPolicy()}
		if s.Of != "" {
			survivor := m.items[s.Of]
			of.Survivor, d.Of = &survivor, survivor.ID
		}
		var made burnlist.Decided
		made, err = of.Decide(d, author)
		is = made.Item
		if err == nil && made.Survivor != nil {
			m.items[s.Of] = *made.Survivor
			m.Items[s.Of] = made.Survivor.View(burnlist.Service{})
		}
	default:
		return fmt.Errorf("a body of type %T", s.Body)
	}
	if err != nil {
		return err
	}
	m.items[s.Thing.Name], m.Items[s.Thing.Name] = is, is.View(burnlist.Service{})
	return nil
}

func (m *model) clone() *model {
	return &model{items: maps.Clone(m.items), State: manifest.State{
		Policy: m.Policy, Products: maps.Clone(m.Products), Services: maps.Clone(m.Services), SLOs: maps.Clone(m.SLOs), Items: maps.Clone(m.Items),
	}}
}

func newModel() *model {
	return &model{items: map[string]burnlist.Item{}, State: manifest.State{
		Policy: burnlist.DefaultPolicy(), Products: map[string]burnlist.Product{}, Services: map[string]burnlist.Service{},
		SLOs: map[string]burnlist.SLO{}, Items: map[string]burnlist.ItemView{},
	}}
}

// maybe draws a value, or nothing.
func maybe[T any](t *rapid.T, label string, from ...T) *T {
	if rapid.IntRange(0, 7).Draw(t, "no "+label) == 7 {
		return nil
	}
	return &from[rapid.IntRange(0, len(from)-1).Draw(t, label)]
}

// drawn draws a manifest of few names, so that two of them meet.
func drawn(t *rapid.T) *config.Manifest {
	m := &config.Manifest{}
	some := func(names ...string) []string {
		return slices.DeleteFunc(names, func(name string) bool { return rapid.IntRange(0, 4).Draw(t, "without "+name) == 4 })
	}
	for _, name := range some("shop", "mail") {
		m.Products = append(m.Products, config.Product{
			Name: name, Zone: maybe(t, "zone", "UTC", "Europe/Berlin"), Slot: maybe(t, "slot", burnlist.DefaultSlot, burnlist.Slot{Weekday: "friday", Time: "09:30"}),
			Retired: maybe(t, "retired", true, false),
		})
	}
	for _, name := range some("checkout", "search") {
		m.Services = append(m.Services, config.Service{
			Name: name, Product: maybe(t, "product", "shop", "mail"), Team: maybe(t, "team", burnlist.NullString(""), "payments"), Retired: maybe(t, "retired", true, false),
		})
	}
	for _, name := range some("availability", "latency") {
		m.SLOs = append(m.SLOs, config.SLO{
			Name: name, Service: maybe(t, "service", "checkout", "search"), Objective: maybe(t, "objective", 0.99, 0.999),
			Window: maybe(t, "window", burnlist.DefaultWindow, burnlist.Duration(7*burnlist.Day)), Advisory: maybe(t, "advisory", true, false),
			Indicator: maybe(t, "indicator", burnlist.Indicator{Ratio: &burnlist.Ratio{Expression: "a"}}, burnlist.Indicator{Events: &burnlist.Events{Total: "t", Bad: "b"}},
				burnlist.Indicator{Events: &burnlist.Events{Total: "t", Bad: "b", Births: burnlist.IgnoreBirths}}),
			Retired: maybe(t, "retired", true, false),
		})
	}
	keys := []string{"A", "B", "C"}
	for _, key := range some(keys...) {
		day := burnlist.DateIn(now, time.UTC)
		i := config.Item{
			Key: key, Title: maybe(t, "title", "Retry payments", " Bound the queue "), Service: maybe(t, "service", "checkout", "search"),
			Owner: maybe(t, "owner", burnlist.NullString(""), "ana", "ben"), Due: maybe(t, "due", burnlist.Date(0), day+3, day+9),
			Priority: maybe(t, "priority", burnlist.Priorities...), Ticket: maybe(t, "ticket", burnlist.NullString(""), " T-1 "),
			DoneWhen: maybe(t, "done when", burnlist.NullString(""), " the alert fires "),
			Source:   maybe(t, "source", burnlist.Source{}, burnlist.Source{URL: "https://example.org/1"}), OpenedOn: maybe(t, "opened", day-1, day-2),
			Status: maybe(t, "status", burnlist.Open, burnlist.Done, burnlist.Deprioritised, burnlist.Duplicate),
		}
		if i.Status != nil && *i.Status == burnlist.Duplicate {
			i.Of = burnlist.NullString(rapid.SampledFrom(slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k == key })).Draw(t, "of"))
		}
		m.Items = append(m.Items, i)
	}
	if rapid.Bool().Draw(t, "policy") {
		p := burnlist.DefaultPolicy()
		p.AtRisk = rapid.SampledFrom([]float64{0.7, 0.75}).Draw(t, "at risk")
		p.SnoozeDays = rapid.SampledFrom([]int{14, 28}).Draw(t, "snooze days")
		m.Policy = &config.Policy{Given: []string{"at_risk", "snooze_days", "weights"}, Policy: p}
	}
	return m
}

// run does the steps of a plan, and returns the things that could not be
// brought to what is wanted.
func (m *model) run(p manifest.Plan) map[manifest.Thing]bool {
	failed := map[manifest.Thing]bool{}
	for _, r := range p.Refused {
		failed[r.Thing] = true
	}
	for _, s := range p.Steps {
		before := m.clone()
		if failed[s.Thing] || slices.ContainsFunc(s.Needs, func(t manifest.Thing) bool { return failed[t] }) {
			failed[s.Thing] = true
		} else if m.do(s) != nil {
			*m = *before
			failed[s.Thing] = true
		}
	}
	return failed
}

// lines returns what a plan says of things that did not fail.
func lines(p manifest.Plan, failed map[manifest.Thing]bool) []string {
	var all []string
	for _, s := range p.Steps {
		if !failed[s.Thing] {
			all = append(all, s.String())
		}
	}
	for _, k := range p.Kept {
		if !failed[k.Thing] {
			all = append(all, k.String())
		}
	}
	return all
}

// reached fails the test unless things that did not fail are as they are wanted.
func (m *model) reached(t *rapid.T, want *config.Manifest, kept []manifest.Kept, failed map[manifest.Thing]bool) {
	check := func(kind manifest.Kind, name, field string, ok bool) {
		thing := manifest.Thing{Kind: kind, Name: name}
		keeps := slices.ContainsFunc(kept, func(k manifest.Kept) bool { return k.Thing == thing && k.Change.Field == field })
		if !ok && !keeps && !failed[thing] {
			t.Fatalf("%s is not what is wanted of %s", field, thing)
		}
	}
	for _, w := range want.Products {
		is := m.Products[w.Name]
		check(manifest.Product, w.Name, "zone", as(is.Zone, w.Zone))
		check(manifest.Product, w.Name, "slot", as(is.Slot, w.Slot))
		check(manifest.Product, w.Name, "retired", as(is.RetiredAt != nil, w.Retired))
	}
	for _, w := range want.Services {
		is := m.Services[w.Name]
		check(manifest.Service, w.Name, "product", as(is.Product, w.Product))
		check(manifest.Service, w.Name, "team", as(is.Team, w.Team))
		check(manifest.Service, w.Name, "retired", as(is.RetiredAt != nil, w.Retired))
	}
	for _, w := range want.SLOs {
		is := m.SLOs[w.Name]
		check(manifest.SLO, w.Name, "service", as(is.Service, w.Service))
		check(manifest.SLO, w.Name, "objective", as(is.Objective, w.Objective))
		check(manifest.SLO, w.Name, "window", as(is.Window, w.Window))
		check(manifest.SLO, w.Name, "advisory", as(is.Advisory, w.Advisory))
		check(manifest.SLO, w.Name, "indicator", w.Indicator == nil || w.Indicator.Equal(is.Indicator))
		check(manifest.SLO, w.Name, "retired", as(is.RetiredAt != nil, w.Retired))
	}
	for _, w := range want.Items {
		is := m.Items[w.Key]
		check(manifest.Item, w.Key, "title", w.Title == nil || is.Title == strings.TrimSpace(*w.Title))
		check(manifest.Item, w.Key, "service", as(is.Service, w.Service))
		check(manifest.Item, w.Key, "owner", as(is.Owner, w.Owner))
		check(manifest.Item, w.Key, "due", as(is.Due, w.Due))
		check(manifest.Item, w.Key, "priority", as(is.Priority, w.Priority))
		check(manifest.Item, w.Key, "done when", w.DoneWhen == nil || is.DoneWhen == burnlist.NullString(strings.TrimSpace(string(*w.DoneWhen))))
		check(manifest.Item, w.Key, "ticket", w.Ticket == nil || is.Ticket == burnlist.NullString(strings.TrimSpace(string(*w.Ticket))))
		check(manifest.Item, w.Key, "source", w.Source == nil || *w.Source == burnlist.Source{} && is.Source == nil || is.Source != nil && *w.Source == *is.Source)
		check(manifest.Item, w.Key, "opened_on", as(is.OpenedOn, w.OpenedOn))
		check(manifest.Item, w.Key, "status", as(is.Status, w.Status))
	}
	if want.Policy != nil {
		check(manifest.Policy, "", "at_risk", m.Policy.AtRisk == want.Policy.Policy.AtRisk)
		check(manifest.Policy, "", "snooze_days", m.Policy.SnoozeDays == want.Policy.Policy.SnoozeDays)
	}
}

// as reports whether a value is the wanted one, if one is.
func as[T comparable](is T, want *T) bool { return want == nil || is == *want }

// TestDoneStepsLeaveNone draws a server that two manifests have made, and
// brings it to a third.
func TestDoneStepsLeaveNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newModel()
		for range 2 {
			m.run(manifest.Diff(drawn(t), m.State, true))
		}
		want, force := drawn(t), rapid.Bool().Draw(t, "force")
		plan := manifest.Diff(want, m.State, force)
		if force && len(plan.Kept) > 0 {
			t.Fatalf("kept by force: %v", plan.Kept)
		}
		before := m.clone()
		failed := m.run(plan)
		var kept manifest.Plan
		kept.Kept = plan.Kept
		if diff := cmp.Diff(lines(manifest.Diff(want, m.State, force), failed), lines(kept, failed)); diff != "" {
			t.Fatalf("the second time -, kept the first time +:\n%s\nsteps: %v", diff, plan.Steps)
		}
		m.reached(t, want, plan.Kept, failed)
		for key, is := range before.Items {
			after := m.Items[key]
			if !force && is.Reviewed != nil && (after.Status != is.Status || after.Owner != is.Owner || after.Due != is.Due) {
				t.Fatalf("item %s was decided, and is another:\n%+v\n%+v", key, is, after)
			}
		}
		if len(manifest.Diff(&config.Manifest{}, m.State, force).Steps) > 0 {
			t.Fatal("an empty manifest has steps")
		}
	})
}

// TestEveryDecisionIsSeenInTheItem is what keeps decided items as they are: no
// history needs to be read.
func TestEveryDecisionIsSeenInTheItem(t *testing.T) {
	today := burnlist.DateIn(now, time.UTC)
	for _, d := range []burnlist.Decision{
		{Kind: burnlist.DecideDone},
		{Kind: burnlist.DecideCommit, Owner: "ana", Due: today + 3},
		{Kind: burnlist.DecideCarry},
		{Kind: burnlist.DecideDeprioritise, Reason: "later"},
		{Kind: burnlist.DecideSnooze, Reason: "later", Until: today + 3},
		{Kind: burnlist.DecideReassign, Owner: "ben"},
		{Kind: burnlist.DecideReopen, Reason: "not done"},
		{Kind: burnlist.DecideDuplicate, Of: 2},
		{Kind: burnlist.DecideSplit, Parts: []burnlist.Part{{Title: "a part"}}},
	} {
		i, err := burnlist.Item{ID: 1}.With(burnlist.ItemFields{Title: "Retry payments", Service: "checkout"}, author, anyProduct)
		if err != nil {
			t.Fatal(err)
		}
		if d.Kind == burnlist.DecideReopen {
			i.Status, i.Closing = burnlist.Done, &burnlist.Closing{At: now}
		}
		made, err := burnlist.Case{
			Item: i, Product: anyProduct, Policy: burnlist.DefaultPolicy(), Survivor: &burnlist.Item{ID: 2, Status: burnlist.Open},
		}.Decide(d, author)
		if err != nil {
			t.Fatal(err)
		}
		want := &config.Manifest{Items: []config.Item{{Key: "A", Owner: new(burnlist.NullString("eve"))}}}
		p := manifest.Diff(want, manifest.State{Items: map[string]burnlist.ItemView{"A": made.Item.View(burnlist.Service{})}}, false)
		if len(p.Steps) != 0 || len(p.Kept) != 1 {
			t.Errorf("after %s: steps %v, kept %v", d.Kind, p.Steps, p.Kept)
		}
	}
	if n := len(burnlist.DecisionKinds); n != 9 {
		t.Errorf("there are %d kinds of decisions; try the new ones here", n)
	}
}
