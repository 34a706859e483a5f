package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/burnlist/burnlist"
)

// A filter by a product or a service that there is not would find nothing, and
// nothing looks healthy; so it is refused. What is retired is known.

// inWorld refuses a product or a service that w does not have, for reads from
// the board. An empty name is no filter.
func inWorld(w *burnlist.World, product, service string) error {
	if product != "" && w.Products[product] == nil {
		return inQuery("product", noProduct(product))
	}
	if service != "" && w.Services[service] == nil {
		return inQuery("service", noService(service))
	}
	return nil
}

// inStore is inWorld for reads from the store, of which the board may not yet
// show the newest.
func (s *server) inStore(ctx context.Context, product, service string) error {
	if q := s.Board.Queue(); q != nil && inWorld(q.World, product, service) == nil {
		return nil
	}
	if product != "" {
		if _, err := s.Store.Product(ctx, product); err != nil {
			return inFilter("product", err)
		}
	}
	if service != "" {
		if _, err := s.Store.Service(ctx, service); err != nil {
			return inFilter("service", err)
		}
	}
	return nil
}

// inFilter says which query parameter named what is not there: the address
// itself is right.
func inFilter(parameter string, err error) error {
	if burnlist.CodeOf(err) != burnlist.NotFound {
		return err
	}
	return problem(burnlist.Invalid, "the request is not valid", Fault{Location: "query." + parameter, Message: missing(err)})
}

// checkSubject refuses what cannot be the subject of a warning. An empty one is
// no filter.
func checkSubject(w *burnlist.World, subject string) error {
	if subject == "" {
		return nil
	}
	kind, name, _ := strings.Cut(subject, "/")
	switch {
	case name == "":
	case kind == "item" || kind == "review":
		if id, err := strconv.ParseInt(name, 10, 64); err == nil && id > 0 {
			return nil
		}
	case kind == "product":
		if w.Products[name] == nil {
			return inQuery("subject", noProduct(name))
		}
		return nil
	case kind == "service":
		if w.Services[name] == nil {
			return inQuery("subject", noService(name))
		}
		return nil
	}
	return inQuery("subject", burnlist.Errorf(burnlist.Invalid,
		"%q is no subject: give one as in item/142, review/12, service/checkout or product/shop", subject))
}

func noProduct(name string) error {
	return burnlist.Errorf(burnlist.NotFound, "there is no product %q: look for it among the products", name)
}

func noService(name string) error {
	return burnlist.Errorf(burnlist.NotFound, "there is no service %q: look for it among the services", name)
}
