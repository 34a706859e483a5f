package manifest

import (
	"context"
	"strings"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/config"
)

// fewItems is how many items are asked for one by one; of more, all that the
// server has are listed.
const fewItems = 200

// Read returns what the server has of the things that a manifest names. It
// fails with what the client fails with.
func Read(ctx context.Context, c *client.Client, want *config.Manifest) (State, error) {
	s, err := readNouns(ctx, c)
	if err != nil {
		return State{}, err
	}
	named := map[string]string{} // keys that are wanted, with the title of the item if that is given
	for _, i := range want.Items {
		if i.Of != "" && named[string(i.Of)] == "" {
			named[string(i.Of)] = ""
		}
		if i.Title != nil {
			named[i.Key] = strings.TrimSpace(*i.Title)
		} else if named[i.Key] == "" {
			named[i.Key] = ""
		}
	}
	if len(named) > fewItems {
		err = s.list(ctx, c, named)
	} else {
		err = s.lookUp(ctx, c, named)
	}
	return s, err
}

// readNouns reads everything but items.
func readNouns(ctx context.Context, c *client.Client) (State, error) {
	s := State{
		Products: map[string]burnlist.Product{}, Services: map[string]burnlist.Service{}, SLOs: map[string]burnlist.SLO{},
		Items: map[string]burnlist.ItemView{}, Strangers: map[string]burnlist.ItemView{},
	}
	var err error
	if s.Policy, err = c.Policy(ctx); err != nil {
		return s, err
	}
	products, err := c.Products(ctx)
	if err != nil {
		return s, err
	}
	for _, p := range products.Products {
		s.Products[p.Name] = p
	}
	services, err := c.Services(ctx, client.ServiceFilter{})
	if err != nil {
		return s, err
	}
	for _, v := range services.Services {
		s.Services[v.Name] = v
	}
	slos, err := c.SLOs(ctx, client.SLOFilter{})
	if err != nil {
		return s, err
	}
	for _, o := range slos.SLOs {
		s.SLOs[o.Name] = o
	}
	return s, nil
}

// lookUp asks for each item by its key.
func (s State) lookUp(ctx context.Context, c *client.Client, named map[string]string) error {
	for key, title := range named {
		list, err := c.Items(ctx, client.ItemFilter{Key: key})
		if err != nil {
			return err
		}
		if len(list.Items) > 0 {
			s.Items[key] = list.Items[0]
			continue
		}
		id, ok := numberIn(key)
		if !ok {
			continue
		}
		i, err := c.Item(ctx, id)
		if isMissing(err) {
			continue
		} else if err != nil {
			return err
		}
		s.withoutKey(key, title, i)
	}
	return nil
}

// list goes through all items and keeps those that are named.
func (s State) list(ctx context.Context, c *client.Client, named map[string]string) error {
	numbers := map[int64][]string{} // named keys that may stand for the item of a number
	for key := range named {
		if id, ok := numberIn(key); ok {
			numbers[id] = append(numbers[id], key)
		}
	}
	without := map[string]burnlist.ItemView{}
	for i, err := range c.AllItems(ctx, client.ItemFilter{Limit: 500}) {
		if err != nil {
			return err
		}
		if _, ok := named[string(i.Key)]; ok && i.Key != "" {
			s.Items[string(i.Key)] = i
		}
		for _, key := range numbers[i.ID] {
			without[key] = i
		}
	}
	for key, i := range without {
		if s.Items[key].ID == 0 {
			s.withoutKey(key, named[key], i)
		}
	}
	return nil
}

// withoutKey takes item i for the one that a key made of its number means, if
// it has the same title: on another server the number is another item's.
func (s State) withoutKey(key, title string, i burnlist.ItemView) {
	switch {
	case i.Key != "": // it is known by that one
	case i.Title == title:
		s.Items[key] = i
	default:
		s.Strangers[key] = i
	}
}
