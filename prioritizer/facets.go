package prioritizer

import "maps"

// The facets by which a queue is listed.
const (
	byProduct = iota
	byService
	byTeam
	byOwner
	facetCount
)

// facets are the entries of a queue, sorted: all of them, and those of each
// product, service, team and owner, so that a filter need not look at the
// others. They are immutable.
type facets struct {
	all *order
	by  [facetCount]map[string]*order
}

// listed returns the names that an entry is listed under.
func (r *Ranked) listed() [facetCount]string {
	return [...]string{byProduct: r.place.agenda.name, byService: r.Item.Service, byTeam: string(r.place.service.Team), byOwner: string(r.Item.Owner)}
}

// newFacets lists sorted entries. It keeps the slice.
func newFacets(sorted []*Ranked) facets {
	var lists [facetCount]map[string]*[]*Ranked
	for n := range lists {
		lists[n] = map[string]*[]*Ranked{}
	}
	list := func(n int, name string) *[]*Ranked {
		l := lists[n][name]
		if l == nil {
			l = new([]*Ranked)
			lists[n][name] = l
		}
		return l
	}
	known := map[*place][byOwner]*[]*Ranked{} // names are looked up once for each place
	for _, r := range sorted {
		of, ok := known[r.place]
		if !ok {
			names := r.listed()
			for n := range byOwner {
				of[n] = list(n, names[n])
			}
			known[r.place] = of
		}
		for _, l := range of {
			*l = append(*l, r)
		}
		l := list(byOwner, string(r.Item.Owner))
		*l = append(*l, r)
	}
	f := facets{all: newOrder(sorted)}
	for n, names := range lists {
		f.by[n] = make(map[string]*order, len(names))
		for name, l := range names {
			f.by[n][name] = newOrder(*l)
		}
	}
	return f
}

// replace returns the facets without the entries out, which they have, and with
// the entries in, which they have not. Both are sorted.
func (f facets) replace(out, in []*Ranked) facets {
	f.all = f.all.replace(out, in)
	for n := range f.by {
		type change struct{ out, in []*Ranked }
		changes := map[string]*change{}
		of := func(r *Ranked) *change {
			name := r.listed()[n]
			if changes[name] == nil {
				changes[name] = &change{}
			}
			return changes[name]
		}
		for _, r := range out {
			c := of(r)
			c.out = append(c.out, r)
		}
		for _, r := range in {
			c := of(r)
			c.in = append(c.in, r)
		}
		f.by[n] = maps.Clone(f.by[n])
		for name, c := range changes {
			if o := f.by[n][name].replace(c.out, c.in); o.len() > 0 {
				f.by[n][name] = o
			} else {
				delete(f.by[n], name)
			}
		}
	}
	return f
}
