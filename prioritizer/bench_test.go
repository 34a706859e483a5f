package prioritizer_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// crowd returns a world with n open items in a fleet of n ÷ 100 services.
func crowd(n int) *burnlist.World {
	rnd := rand.New(rand.NewPCG(1, 2)) // the same world each time
	w := burnlist.NewWorld()
	services := max(n/100, 1)
	for p := range 10 {
		addProduct(w, fmt.Sprintf("product-%d", p), "Europe/Berlin")
	}
	for s := range services {
		name := fmt.Sprintf("service-%d", s)
		addService(w, name, fmt.Sprintf("product-%d", s%10), fmt.Sprintf("team-%d", s%50))
		consumed := rnd.Float64() * 1.2
		addSLO(w, name, name+"-availability", spent(consumed, consumed+rnd.Float64(), 3*rnd.Float64()))
	}
	for id := range n {
		addItem(w, int64(id)+1, fmt.Sprintf("service-%d", rnd.IntN(services)), func(i *burnlist.Item) {
			i.Owner = burnlist.NullString(fmt.Sprintf("person-%d@example.org", rnd.IntN(1000)))
			i.Due += burnlist.Date(rnd.IntN(60) - 40)
			i.OpenedOn -= burnlist.Date(rnd.IntN(300))
			i.Priority = burnlist.Priorities[rnd.IntN(5)]
			i.Facts.Streak = rnd.IntN(5)
		})
	}
	return w
}

func BenchmarkRank(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			w := crowd(n)
			b.ReportAllocs()
			for b.Loop() {
				prioritizer.Rank(w, now)
			}
		})
	}
}

// BenchmarkAdvance applies the change of one item.
func BenchmarkAdvance(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			q := prioritizer.Rank(crowd(n), now)
			id := int64(0)
			b.ReportAllocs()
			for b.Loop() {
				id = id%int64(n) + 1
				item := *q.World.Items.Get(id)
				item.Priority = burnlist.Priorities[(id+1)%5]
				c := burnlist.Change{Revision: q.Revision + 1, After: burnlist.After{Items: []*burnlist.Item{&item}}}
				w := q.World.Clone()
				w.Apply(c)
				q = q.Advance(w, []burnlist.Change{c}, now)
			}
		})
	}
}

// BenchmarkSelect takes the first page of several filters.
func BenchmarkSelect(b *testing.B) {
	filters := map[string]prioritizer.Filter{
		"all": {}, "product": {Product: "product-3"}, "service": {Service: "service-7"}, "owner": {Owner: "person-7@example.org"},
		"product, tier, warning": {Product: "product-3", Tier: prioritizer.Jump, Warning: prioritizer.Overdue},
		"product and owner":      {Product: "product-3", Owner: "person-7@example.org"},
		"product and team":       {Product: "product-3", Team: "team-3"},
		"five per service":       {PerService: 5}, "five per service of a product": {Product: "product-3", PerService: 5},
	}
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		q := prioritizer.Rank(crowd(n), now)
		for name, f := range filters {
			b.Run(strconv.Itoa(n)+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					s := q.Select(f)
					page, _ := s.Page(nil, 50)
					for _, r := range page {
						q.Rank(r)
					}
					s.Len()
				}
			})
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	q := prioritizer.Rank(crowd(1_000), now)
	e := entries(q)[500]
	b.ReportAllocs()
	for b.Loop() {
		q.Show(e, 501)
	}
}

func BenchmarkWarnings(b *testing.B) {
	q := prioritizer.Rank(crowd(100_000), now)
	b.ReportAllocs()
	for b.Loop() {
		q.Warnings()
	}
}
