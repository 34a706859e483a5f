// Package manifest brings a server to what files say there should be, and
// writes down what there is. Diff is the decision: a pure function from what is
// wanted and what there is to the steps between them. The files themselves are
// read in package config, and what a step may do is the server's to say.
package manifest

import (
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

// keyless is the form of the key that stands for an item without one. It has
// zeros before the number where another item has that very text as its own key.
var keyless = regexp.MustCompile(`^burnlist/0{0,9}([1-9][0-9]{0,17})$`)

// keysOf returns the keys by which a manifest knows items, by their numbers:
// their own, or one made of the number. No two are the same.
func keysOf(items []burnlist.ItemView) map[int64]string {
	keys, taken := map[int64]string{}, map[string]bool{}
	for _, i := range items {
		if i.Key != "" {
			taken[string(i.Key)] = true
		}
	}
	for _, i := range items {
		key := string(i.Key)
		for zeros := ""; key == "" || i.Key == "" && taken[key]; zeros += "0" {
			key = "burnlist/" + zeros + strconv.FormatInt(i.ID, 10)
		}
		keys[i.ID] = key
	}
	return keys
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
