package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/burnlist/burnlist"
)

// Manifest is what YAML files say there should be. A field that is absent
// (nil) is left as it is; one that is null clears what may be empty: it points
// to the zero value. Things are in the order of the files.
type Manifest struct {
	Products []Product `json:"products"`
	Services []Service `json:"services"`
	SLOs     []SLO     `json:"slos"`
	Items    []Item    `json:"items"`
	Policy   *Policy   `json:"policy"`
}

// Product is a product as a manifest has it.
type Product struct {
	Written
	Name    string         `json:"name"`
	Zone    *string        `json:"zone"`
	Slot    *burnlist.Slot `json:"slot"`
	Retired *bool          `json:"retired"`
}

// Service is a service as a manifest has it.
type Service struct {
	Written
	Name    string               `json:"name"`
	Product *string              `json:"product"`
	Team    *burnlist.NullString `json:"team"`
	Retired *bool                `json:"retired"`
}

// SLO is an SLO as a manifest has it.
type SLO struct {
	Written
	Name      string              `json:"name"`
	Service   *string             `json:"service"`
	Source    *string             `json:"source"`
	Objective *float64            `json:"objective"`
	Window    *burnlist.Duration  `json:"window"`
	Slice     *burnlist.Duration  `json:"slice"`
	Advisory  *bool               `json:"advisory"`
	Indicator *burnlist.Indicator `json:"indicator"`
	Retired   *bool               `json:"retired"`
}

// Item is an action item as a manifest has it. Reason, Evidence, Revisit and Of
// say how it comes to its status; they are of no account while it has that
// status already.
type Item struct {
	Written
	Key      string               `json:"key"`
	Title    *string              `json:"title"`
	Service  *string              `json:"service"`
	SLO      *burnlist.NullString `json:"slo"`
	Owner    *burnlist.NullString `json:"owner"`
	Due      *burnlist.Date       `json:"due"`
	Priority *burnlist.Priority   `json:"priority"`
	Ticket   *burnlist.NullString `json:"ticket"`
	Source   *burnlist.Source     `json:"source"`
	OpenedOn *burnlist.Date       `json:"opened_on"`
	DoneWhen *burnlist.NullString `json:"done_when"`
	Status   *burnlist.Status     `json:"status"`
	Reason   burnlist.NullString  `json:"reason,omitempty"`
	Evidence burnlist.NullString  `json:"evidence,omitempty"` // of something done
	Revisit  burnlist.Date        `json:"revisit,omitzero"`   // of something deprioritised
	Of       burnlist.NullString  `json:"of,omitempty"`       // of a duplicate: the key of the item that goes on
}

// Policy is those numbers of the policy that a manifest has.
type Policy struct {
	Written
	Given  []string // the names of the numbers that it has, in the order of burnlist.Policy
	Policy burnlist.Policy
}

// Place is where something was written. Line and column count from 1; the line
// is 0 if the whole file is meant.
type Place struct {
	File         string
	Line, Column int
}

// String writes the place in the manner of compilers.
func (p Place) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Written knows where a thing and its fields were written.
type Written struct {
	places map[string]Place // by path, such as "slot.time"; "" is the thing itself
}

// WrittenAt returns a Written of a thing that was found at p, such as in a row
// of a table, with the places of those of its fields that have their own.
func WrittenAt(p Place, fields map[string]Place) Written {
	places := map[string]Place{"": p}
	maps.Copy(places, fields)
	return Written{places}
}

// At returns the place of a field, or of the nearest thing around it that has
// one.
func (w Written) At(field string) Place {
	for {
		if p, ok := w.places[field]; ok || field == "" {
			return p
		}
		field = parent(field)
	}
}

func parent(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' {
			return path[:i]
		}
	}
	return ""
}

// Over puts the numbers that are given over a policy.
func (p *Policy) Over(whole *burnlist.Policy) {
	from, to := reflect.ValueOf(p.Policy), reflect.ValueOf(whole).Elem()
	for _, f := range fieldsOf(policyType) {
		if slices.Contains(p.Given, f.name) {
			to.Field(f.index).Set(from.Field(f.index))
		}
	}
}
