package prioritizer

import (
	"maps"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// Advance returns the queue that Rank would make of w at now, where w is the
// world of q after some changes, or the same one at a later moment. It ranks
// only what the changes touch: the items in them, and those of services that
// are judged differently. Everything else it shares with q. The changes must be
// all that lie between the two worlds.
func (q *Queue) Advance(w *burnlist.World, changes []burnlist.Change, now time.Time) *Queue {
	now = burnlist.Instant(now)
	touched := map[int64]bool{}
	for _, c := range changes {
		for _, i := range c.After.Items {
			touched[i.ID] = true
		}
	}
	if now.Equal(q.At) && !slices.ContainsFunc(changes, beyondItems) {
		return q.resurveyed(w).rankTouched(q, touched)
	}
	s := survey(w, now, now)
	if q.judgesAnew(s, changes) {
		return s.rankAll()
	}
	q.compare(s, touched)
	if len(touched) > q.Len()/2 {
		return survey(w, now, now).rankAll() // of so many, sorting all is cheaper
	}
	return s.rankTouched(q, touched)
}

// beyondItems reports whether a change changed more than items, and what does
// not enter into their entries.
func beyondItems(c burnlist.Change) bool {
	a := c.After
	return len(a.Products)+len(a.Services)+len(a.SLOs) > 0 || a.Policy != nil || a.Budgets != nil
}

// resurveyed is a survey of a world that differs from that of q in its items
// only, at the same moment.
func (q *Queue) resurveyed(w *burnlist.World) *ranking {
	s := &ranking{
		queue: &Queue{
			Revision: w.Revision, At: q.At, World: w, services: slices.Clone(q.services), index: q.index,
			products: slices.Clone(q.products), teams: q.teams, fleet: q.fleet,
		},
		dates: q.At, policy: &w.Policy, wholes: wholes(w.Policy.Weights), agendas: map[string]*agenda{},
		groups: groups{teams: q.teams, known: map[string]bool{}},
	}
	for i := range s.queue.products {
		s.queue.products[i].tally = tally{}
	}
	return s
}

// compare looks for services that the survey sees differently, and adds their
// items to the touched ones. What it sees as before becomes the very same
// place again, to which the entries that stay refer already.
func (q *Queue) compare(s *ranking, touched map[int64]bool) {
	touch := func(service string) {
		for r := range q.facets.by[byService][service].all() {
			touched[r.Item.ID] = true
		}
	}
	for i := range s.queue.services {
		v := &s.queue.services[i]
		name := v.service.Name
		if n, ok := q.index[name]; ok && q.services[n].same(v.place) {
			*v = q.services[n]
			continue
		}
		touch(name)
	}
	for name := range q.facets.by[byService] {
		if _, ok := s.queue.index[name]; !ok { // which no store lets happen
			touch(name)
		}
	}
}

// judgesAnew reports whether something changed that may enter into the entry of
// any item: the policy, an SLO, the measured budgets, the names of teams that
// no person is called by.
func (q *Queue) judgesAnew(s *ranking, changes []burnlist.Change) bool {
	if q.World.Policy != *s.policy || !maps.Equal(q.teams, s.groups.teams) {
		return true
	}
	return slices.ContainsFunc(changes, func(c burnlist.Change) bool { return len(c.After.SLOs) > 0 || c.After.Budgets != nil })
}

// rankTouched makes the queue from an earlier one, of which the given items may
// stand elsewhere now, or not at all.
func (s *ranking) rankTouched(q *Queue, touched map[int64]bool) *Queue {
	s.queue.ranked = q.ranked.Clone()
	var out, in []*Ranked
	cloned := map[string]bool{}
	count := func(r *Ranked, n int) {
		i, ok := s.queue.index[r.Item.Service]
		if !ok {
			return
		}
		v := &s.queue.services[i]
		if v.place != r.place {
			return // it is judged differently, and counts its items from zero
		}
		if !cloned[r.Item.Service] {
			v.linked = maps.Clone(v.linked)
			cloned[r.Item.Service] = true
		}
		v.count(r, n)
	}
	for id := range touched {
		if was := q.ranked.Get(id); was != nil {
			out = append(out, was)
			count(was, -1)
			s.queue.ranked.Put(id, nil)
		}
		if item := s.queue.World.Items.Get(id); item != nil && item.Status == burnlist.Open {
			is := new(Ranked)
			s.rank(is, item)
			in = append(in, is)
			count(is, 1)
			s.queue.ranked.Put(id, is)
		}
	}
	byKey := func(a, b *Ranked) int { return a.key.Compare(b.key) }
	slices.SortFunc(out, byKey)
	slices.SortFunc(in, byKey)
	s.queue.facets, s.queue.keep = q.facets.replace(out, in), q.keep
	return s.queue.totalled()
}
