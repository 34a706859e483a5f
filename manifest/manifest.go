// Package manifest brings a server to what files say there should be, and
// writes down what there is. Diff is the decision: a pure function from what is
// wanted and what there is to the steps between them. The files themselves are
// read in package config, and what a step may do is the server's to say.
package manifest

import (
	"cmp"
	"regexp"
	"strconv"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/config"
)

// Kind says what a thing of a manifest is.
type Kind string

// The kinds, in the order in which they depend on each other.
const (
	Policy  Kind = "policy"
	Product Kind = "product"
	Service Kind = "service"
	SLO     Kind = "slo"
	Item    Kind = "item"
)

// Thing is one that a manifest names: an item by its key, the policy without a
// name.
type Thing struct {
	Kind Kind
	Name string
}

// String writes the thing as people speak of it.
func (t Thing) String() string {
	if t.Name == "" {
		return string(t.Kind)
	}
	return string(t.Kind) + " " + t.Name
}

// State is what a server has of the things that a manifest may name.
type State struct {
	Policy   burnlist.Policy
	Products map[string]burnlist.Product
	Services map[string]burnlist.Service
	SLOs     map[string]burnlist.SLO
	// Items are those that the manifest means, by the key that it has for them.
	Items map[string]burnlist.ItemView
	// Strangers are items whose number is in a key for an item without one, and
	// which cannot be told to be that item.
	Strangers map[string]burnlist.ItemView
}

// Refusal is a thing that cannot be brought to what is wanted, and why.
type Refusal struct {
	Thing   Thing
	At      config.Place
	Message string
}

// keyless is the form of the key that stands for an item without one.
var keyless = regexp.MustCompile(`^burnlist/([1-9][0-9]{0,17})$`)

// KeyOf returns the key by which manifests know an item: its own, or one made
// of its number.
func KeyOf(i burnlist.ItemView) string {
	return cmp.Or(string(i.Key), "burnlist/"+strconv.FormatInt(i.ID, 10))
}

// numberIn returns the number in a key that stands for an item without one.
func numberIn(key string) (int64, bool) {
	found := keyless.FindStringSubmatch(key)
	if found == nil {
		return 0, false
	}
	id, err := strconv.ParseInt(found[1], 10, 64)
	return id, err == nil
}
