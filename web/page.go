package web

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// page is what the home page shows, ready for its templates.
type page struct {
	Scope    string // the product shown, or empty for all
	Filter   form
	Products []choice // as links
	Counts   []tierCount
	Age      string // how old the figures are
	Notices  []notice

	Shown, Total, More int // entries on the page, that match, and that are left out
	MoreLink           string
	Tiers              []tierView
	Warnings           []warningView // of all but items
	Budgets            []serviceView

	MoreWarnings, MoreBudgets int // that are left out

	Revision, Policy int64
	At               time.Time
	Zone             *time.Location
	Open             int // open items of the product, or of all
	ClearLink        string
}

// WarningCount returns how many warnings of all but items there are, shown or
// not.
func (p *page) WarningCount() int { return len(p.Warnings) + p.MoreWarnings }

// form is the filter as the reader left it.
type form struct {
	filter
	Narrowed bool
	Words    string
	LimitSet bool
	Teams    []string
	Services []string
	Owners   []string
	Codes    []choice
	Levels   []choice // the tiers
	Products []string
}

// choice is one thing that can be chosen.
type choice struct {
	Name, Value, Link string
	Current           bool
}

// tierCount is how many items a tier holds, and where to see them.
type tierCount struct {
	Tier    prioritizer.Tier
	Name    string
	Items   int
	Link    string
	Current bool
}

// builder makes the views of one page.
type builder struct {
	q     *prioritizer.Queue
	f     filter
	now   time.Time
	zones map[string]*time.Location // by product
}

// newPage shows the part of a queue that the filter wants, as of now.
func newPage(q *prioritizer.Queue, f filter, now time.Time) *page {
	b := &builder{q: q, f: f, now: burnlist.Instant(now), zones: map[string]*time.Location{}}
	picked := q.Select(f.Filter)
	shown, _ := picked.Page(nil, f.Limit)
	p := &page{
		Scope: f.Product, Zone: b.zone(f.Product), At: q.At, Revision: q.Revision, Policy: q.World.Policy.Version,
		Shown: len(shown), Total: picked.Len(), More: picked.Len() - len(shown),
		Open:      q.Select(prioritizer.Filter{Product: f.Product}).Len(),
		ClearLink: filter{Filter: prioritizer.Filter{Product: f.Product}}.link(),
	}
	if p.More > 0 && f.Limit < maxLimit {
		wider := f
		wider.Limit = maxLimit
		p.MoreLink = wider.link()
	}
	p.Filter, p.Products, p.Counts = b.form(), b.products(), b.counts()
	p.Tiers = b.tiers(picked, shown)
	p.Warnings = b.warnings()
	p.Budgets = b.budgets()
	p.Age, p.Notices = b.age(p.Budgets)
	p.Notices = append(p.Notices, alarms(p.Warnings)...)
	p.Warnings, p.MoreWarnings = cut(p.Warnings, f.Limit)
	p.Budgets, p.MoreBudgets = cut(p.Budgets, f.Limit)
	return p
}

// cut keeps the first of all, at most limit, and says how many that leaves out.
func cut[T any](all []T, limit int) (first []T, more int) {
	first = all[:min(len(all), limit)]
	return first, len(all) - len(first)
}

// zone returns the zone of a product, and UTC for all of them together.
func (b *builder) zone(product string) *time.Location {
	if z, ok := b.zones[product]; ok {
		return z
	}
	z := time.UTC
	if p, ok := b.q.World.Products[product]; ok {
		z = p.Location()
	}
	b.zones[product] = z
	return z
}

func (b *builder) products() []choice {
	links := []choice{{Name: "all products", Link: "/", Current: b.f.Product == ""}}
	for _, name := range products(b.q.World) {
		link := filter{Filter: prioritizer.Filter{Product: name}}.link()
		links = append(links, choice{Name: name, Link: link, Current: b.f.Product == name})
	}
	return links
}

// counts returns how many items each tier holds under the rest of the filter,
// so that one can go from tier to tier.
func (b *builder) counts() []tierCount {
	var counts []tierCount
	for _, t := range prioritizer.Tiers {
		of := b.f
		of.Tier = t
		c := tierCount{Tier: t, Name: tierNames[t], Items: b.q.Select(of.Filter).Len(), Link: of.link(), Current: b.f.Tier == t}
		if c.Current {
			of.Tier = 0
			c.Link = of.link()
		}
		counts = append(counts, c)
	}
	return counts
}

// mostOwners is how many owners the filter form suggests.
const mostOwners = 300

func (b *builder) form() form {
	w := b.q.World
	f := form{
		filter: b.f, Narrowed: b.f.narrowed(), Words: b.f.words(), LimitSet: b.f.Limit != defaultLimit,
		Products: products(w), Teams: teams(w, b.f.Product),
	}
	for _, t := range prioritizer.Tiers {
		f.Levels = append(f.Levels, choice{Name: tierWord(t), Value: t.String(), Current: t == b.f.Tier})
	}
	for _, d := range prioritizer.Definitions() {
		if d.Subject == "item" {
			f.Codes = append(f.Codes, choice{Name: codeWord(d.Code), Value: d.Code.String(), Current: d.Code == b.f.Warning})
		}
	}
	for _, s := range w.Services {
		if s.RetiredAt == nil && (b.f.Product == "" || s.Product == b.f.Product) {
			f.Services = append(f.Services, s.Name)
		}
	}
	slices.Sort(f.Services)
	owners := map[string]bool{}
	for r := range b.q.All() {
		if r.Item.Owner != "" && (b.f.Product == "" || b.f.Product == r.Product()) {
			owners[string(r.Item.Owner)] = true
		}
	}
	f.Owners, _ = cut(slices.Sorted(maps.Keys(owners)), mostOwners)
	return f
}

// warningView is a warning of anything but an item.
type warningView struct {
	prioritizer.Warning
	Who    string // is warned of
	Advice string
}

// warnings returns those of the products, reviews and services that the filter
// wants, alarms first.
func (b *builder) warnings() []warningView {
	var of []warningView
	for _, w := range append(b.q.ProductWarnings(), b.q.ServiceWarnings()...) {
		team, who := "", w.Product
		switch {
		case w.Service != "":
			who = w.Service
			if s := b.q.World.Services[w.Service]; s != nil {
				team = string(s.Team)
			}
		case w.Review != 0:
			who = w.Product + ", review " + strconv.FormatInt(w.Review, 10)
		}
		if b.f.wants(w.Service, w.Product, team) {
			of = append(of, warningView{Warning: w, Who: who, Advice: w.Code.Definition().Advice})
		}
	}
	loudness := map[prioritizer.Level]int{prioritizer.Alarm: 0, prioritizer.Warn: 1, prioritizer.Info: 2}
	slices.SortStableFunc(of, func(a, b warningView) int { return loudness[a.Level] - loudness[b.Level] })
	return of
}
