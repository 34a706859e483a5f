package manifest

import (
	"context"
	"maps"
	"slices"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/config"
)

// Export returns everything that the server has and a manifest can say, with
// retired things and closed items. Items are in the order of their numbers, the
// others by name.
func Export(ctx context.Context, c *client.Client) (*config.Manifest, error) {
	s, err := readNouns(ctx, c)
	if err != nil {
		return nil, err
	}
	var items []burnlist.ItemView
	for i, err := range c.AllItems(ctx, client.ItemFilter{Limit: 500}) {
		if err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	return written(s, items), nil
}

// written returns the manifest that says what there is. What is empty is left
// out, and so is what a thing has by nature, such as that it is not retired.
func written(s State, items []burnlist.ItemView) *config.Manifest {
	m := &config.Manifest{Policy: &config.Policy{Given: config.PolicyNames(), Policy: s.Policy}}
	for _, name := range slices.Sorted(maps.Keys(s.Products)) {
		p := s.Products[name]
		m.Products = append(m.Products, config.Product{Name: name, Zone: &p.Zone, Slot: &p.Slot, Retired: given(p.RetiredAt != nil)})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Services)) {
		v := s.Services[name]
		m.Services = append(m.Services, config.Service{Name: name, Product: &v.Product, Team: given(v.Team), Retired: given(v.RetiredAt != nil)})
	}
	for _, name := range slices.Sorted(maps.Keys(s.SLOs)) {
		o := s.SLOs[name]
		m.SLOs = append(m.SLOs, config.SLO{
			Name: name, Service: &o.Service, Source: &o.Source, Objective: &o.Objective, Window: &o.Window, Slice: &o.Slice,
			Advisory: given(o.Advisory), Indicator: &o.Indicator, Retired: given(o.RetiredAt != nil),
		})
	}
	keys := keysOf(items)
	for _, i := range items {
		m.Items = append(m.Items, writtenItem(i, keys))
	}
	return m
}

func writtenItem(i burnlist.ItemView, keys map[int64]string) config.Item {
	w := config.Item{
		Key: keys[i.ID], Title: &i.Title, Service: &i.Service, SLO: given(i.SLO), Owner: given(i.Owner), Due: given(i.Due),
		Priority: &i.Priority, Ticket: given(i.Ticket), Source: i.Source, OpenedOn: &i.OpenedOn, DoneWhen: given(i.DoneWhen), Status: &i.Status,
	}
	if c := i.Closing; c != nil {
		w.Reason, w.Evidence, w.Revisit, w.Of = c.Reason, c.Evidence, c.Revisit, burnlist.NullString(keys[c.Of])
	}
	return w
}

// given returns v, or nil if it says nothing.
func given[T comparable](v T) *T {
	var nothing T
	if v == nothing {
		return nil
	}
	return &v
}
