package prioritizer

import (
	"container/heap"
	"iter"
	"maps"
	"slices"
)

// Filter says which entries of a queue are wanted. An empty field wants all.
type Filter struct {
	Product, Team, Service, Owner string // compared exactly
	Tier                          Tier
	Warning                       Code // of an item
	PerService                    int  // keep only the first so many of each service
}

// Selection is the entries of a queue that match a filter, in the order of the
// queue.
type Selection struct {
	from    *order
	spans   []span // of from
	warning Code
	// What had to be looked for is in lists, which are sorted and share nothing;
	// from is nil then.
	lists [][]*Ranked
}

// span is the places of an order from one, from 0, to before another.
type span struct{ from, to int }

// Select returns the entries that match the filter. What a filter names is
// looked up; only where several names come together, all entries of the one
// that has the fewest are looked at.
func (q *Queue) Select(f Filter) Selection {
	if f.Warning > lastItemCode {
		return Selection{} // items have none of the others
	}
	if f.Team != "" && f.Product != "" {
		switch q.fleet.productOf[f.Team] {
		case f.Product:
			f.Product = "" // says nothing more
		case "": // in several products, or no team
		default:
			return Selection{}
		}
	}
	if f.PerService > 0 && f.Owner == "" && f.Service == "" {
		return q.firstOfEach(f)
	}
	s := Selection{from: q.facets.all, warning: f.Warning}
	named := 0
	for n, name := range [...]string{byProduct: f.Product, byService: f.Service, byTeam: f.Team, byOwner: f.Owner} {
		if name == "" {
			continue
		}
		named++
		if named == 1 || q.facets.by[n][name].len() < s.from.len() {
			s.from = q.facets.by[n][name]
		}
	}
	s.spans = spansOf(s.from, f.Tier)
	if named > 1 || f.PerService > 0 {
		return Selection{lists: [][]*Ranked{s.matching(f)}}
	}
	return s
}

// firstOfEach selects the first matches of each service, by product and team
// or none of them.
func (q *Queue) firstOfEach(f Filter) Selection {
	var s Selection
	names := maps.Keys(q.facets.by[byService])
	switch {
	case f.Team != "":
		names = slices.Values(q.fleet.ofTeam[f.Team])
	case f.Product != "":
		names = slices.Values(q.fleet.ofProduct[f.Product])
	}
	for name := range names {
		o := q.facets.by[byService][name]
		if o == nil || f.Product != "" && q.services[q.index[name]].service.Product != f.Product {
			continue
		}
		if first := (Selection{from: o, spans: spansOf(o, f.Tier), warning: f.Warning}).first(f.PerService); len(first) > 0 {
			s.lists = append(s.lists, first)
		}
	}
	return s
}

// first returns the first entries of a selection from one order. The slice must
// not be modified.
func (s Selection) first(most int) []*Ranked {
	if s.warning == 0 && len(s.spans) == 1 && len(s.from.chunks) == 1 {
		entries := s.from.chunks[0].entries
		return entries[:min(most, len(entries))]
	}
	page, _ := s.Page(nil, most)
	return page
}

// spansOf returns where the entries of a tier stand: those that are snoozed are
// apart. No tier is all of them.
func spansOf(o *order, t Tier) []span {
	if t == 0 {
		return []span{{0, o.len()}}
	}
	best := Points(1 << 30) // is above every score, so that it comes before all of a tier
	var spans []span
	for _, snoozed := range []bool{false, true} {
		spans = append(spans, span{
			o.find(Key{Snoozed: snoozed, Tier: t, Score: best}),
			o.find(Key{Snoozed: snoozed, Tier: t + 1, Score: best}),
		})
	}
	return spans
}

// matching returns what the spans have that matches the names of the filter,
// and no more of each service than it wants.
func (s Selection) matching(f Filter) []*Ranked {
	wanted := [...]string{byProduct: f.Product, byService: f.Service, byTeam: f.Team, byOwner: f.Owner}
	var picked []*Ranked
	taken := map[string]int{}
	for r := range s.All() {
		if f.PerService > 0 && taken[r.Item.Service] == f.PerService {
			continue
		}
		fits := true
		for n, name := range r.listed() {
			fits = fits && (wanted[n] == "" || wanted[n] == name)
		}
		if fits {
			picked = append(picked, r)
			taken[r.Item.Service]++
		}
	}
	return picked
}

// Len returns how many entries match.
func (s Selection) Len() int {
	n := 0
	for _, list := range s.lists {
		n += len(list)
	}
	for _, span := range s.spans {
		n += s.from.warned(span.to, s.warning) - s.from.warned(span.from, s.warning)
	}
	return n
}

// All yields the entries.
func (s Selection) All() iter.Seq[*Ranked] {
	return func(yield func(*Ranked) bool) {
		for m := newMerger(s.lists); len(m) > 0; {
			if !yield(m.next()) {
				return
			}
		}
		for _, span := range s.spans {
			for r := range s.from.slice(span.from, span.to, s.warning) {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// Page returns at most limit entries behind a key, or the first ones if it is
// nil, and how many of the selection come before them. The slice must not be
// modified.
func (s Selection) Page(after *Key, limit int) (page []*Ranked, before int) {
	if s.from == nil {
		return s.merged(after, limit)
	}
	begin := 0
	if after != nil {
		begin = s.from.find(after.next())
	}
	page = make([]*Ranked, 0, min(limit, s.from.len()))
	for _, span := range s.spans {
		passed := min(max(begin, span.from), span.to)
		before += s.from.warned(passed, s.warning) - s.from.warned(span.from, s.warning)
		for r := range s.from.slice(passed, span.to, s.warning) {
			if len(page) == limit {
				return page, before
			}
			page = append(page, r)
		}
	}
	return page, before
}

// merged is Page of lists.
func (s Selection) merged(after *Key, limit int) (page []*Ranked, before int) {
	lists := s.lists
	if after != nil {
		next := after.next()
		lists = make([][]*Ranked, 0, len(s.lists))
		for _, list := range s.lists {
			passed := within(list, next)
			before += passed
			lists = append(lists, list[passed:])
		}
	}
	for m := newMerger(lists); len(m) > 0 && len(page) < limit; {
		page = append(page, m.next())
	}
	return page, before
}

// merger is a heap of sorted lists, none of them empty, by their first entries.
type merger [][]*Ranked

func newMerger(lists [][]*Ranked) merger {
	m := make(merger, 0, len(lists))
	for _, list := range lists {
		if len(list) > 0 {
			m = append(m, list)
		}
	}
	heap.Init(&m)
	return m
}

// next takes the first entry of all out.
func (m *merger) next() *Ranked {
	first := (*m)[0][0]
	if (*m)[0] = (*m)[0][1:]; len((*m)[0]) > 0 {
		heap.Fix(m, 0)
	} else {
		heap.Pop(m)
	}
	return first
}

// The methods of heap.Interface.

func (m merger) Len() int           { return len(m) }
func (m merger) Less(i, j int) bool { return m[i][0].key.Compare(m[j][0].key) < 0 }
func (m merger) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }

// Push is never called.
func (m *merger) Push(list any) { *m = append(*m, list.([]*Ranked)) }

// Pop takes the last list out.
func (m *merger) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}
