package manifest

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/config"
)

// tableRow is one row that is being read.
type tableRow struct {
	*tableReader
	cells  []string
	thing  Thing
	places map[string]config.Place // of the cells, by field
}

// read adds the row to the items, unless something is wrong with it.
func (r *tableRow) read() {
	before := len(r.problems)
	i := config.Item{
		Key: r.key(), Title: new(r.cell("title")), Service: given(r.cell("service")),
		SLO: r.text("slo"), Owner: r.text("owner"), Due: r.date("due"), Ticket: r.text("ticket"), OpenedOn: r.date("opened_on"), DoneWhen: r.text("done_when"),
		Reason: burnlist.NullString(r.cell("reason")), Evidence: burnlist.NullString(r.cell("evidence")),
	}
	if i.Service == nil {
		i.Service = given(r.Service)
	}
	if p := r.cell("priority"); p != "" {
		i.Priority = new(mapped(r.Priorities, p))
	}
	if s := r.cell("status"); s != "" {
		i.Status = new(mapped(r.Statuses, s))
	}
	i.Source = given(burnlist.Source{
		URL: burnlist.NullString(r.cell("source.url")), Title: burnlist.NullString(r.cell("source.title")),
		Product: burnlist.NullString(r.cell("source.product")), Start: r.instant("source.start"), End: r.instant("source.end"),
	})
	for _, field := range columns {
		if !utf8.ValidString(r.cell(field)) {
			r.wrong(field, "%s is not UTF-8: save the table as UTF-8", field)
		}
	}
	i.Written = config.WrittenAt(r.place(0), r.places)
	unsound, _ := Check(&config.Manifest{Items: []config.Item{i}}, r.now)
	for _, w := range unsound {
		if !slices.ContainsFunc(r.problems[before:], func(told Refusal) bool { return told.At == w.At }) {
			r.problems = append(r.problems, w)
		}
	}
	if len(r.problems) == before {
		r.manifest.Items = append(r.manifest.Items, i)
	}
}

func (r *tableRow) wrong(field, format string, args ...any) {
	r.problem(r.thing, r.places[field], format, args...)
}

// cell returns the text of a field, or "" if the table does not have it.
func (r *tableRow) cell(field string) string {
	column, ok := r.at[field]
	if !ok {
		return ""
	}
	r.places[field] = r.place(column)
	return strings.Join(strings.Fields(r.cells[column]), " ")
}

func (r *tableRow) text(field string) *burnlist.NullString {
	return given(burnlist.NullString(r.cell(field)))
}

// key returns the key of the row, which no other may have.
func (r *tableRow) key() string {
	key := r.cell("key")
	r.thing = Thing{Item, key}
	first, twice := r.seen[key]
	switch {
	case key == "":
		r.wrong("key", "key is empty: without one, the next import does not know the item again")
	case twice:
		r.wrong("key", "key %s is at %s already: keep one of them", key, first)
	default:
		r.seen[key] = r.places["key"]
	}
	return key
}

// date reads a day; where the table has a time too, that does not count.
func (r *tableRow) date(field string) *burnlist.Date {
	text := r.cell(field)
	if text == "" {
		return nil
	}
	form := r.DateFormat
	if form == "" {
		form = time.DateOnly
	}
	at, err := time.Parse(form, text)
	if err != nil || at.Year() < 1 {
		r.wrong(field, "%s %q is not a date of the form %s: correct it, or give another --date-format", field, text, form)
		return nil
	}
	return new(burnlist.NewDate(at.Date()))
}

func (r *tableRow) instant(field string) *time.Time {
	text := r.cell(field)
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		r.wrong(field, "%s %q is not an instant: write it with its zone, as in 2026-11-16T09:10:00Z", field, text)
		return nil
	}
	return new(burnlist.Instant(at))
}

// mapped returns what a cell stands for, whatever the case of its letters.
func mapped[T ~string](names map[string]T, cell string) T {
	if value, ok := names[cell]; ok {
		return value
	}
	for name, value := range names {
		if strings.EqualFold(name, cell) {
			return value
		}
	}
	return T(cell)
}
