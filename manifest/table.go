package manifest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/config"
)

// columns are the fields of an item that a table may have.
var columns = []string{
	"key", "title", "service", "slo", "owner", "due", "priority", "ticket", "opened_on", "done_when", "status", "reason", "evidence",
	"source.url", "source.title", "source.product", "source.start", "source.end",
}

// Table says how a table of items is read.
type Table struct {
	Columns    map[string]string            // headers by field; key and title are needed
	Service    string                       // of rows that name none
	Delimiter  rune                         // a comma if it is 0
	Priorities map[string]burnlist.Priority // by what the table calls them; the others stand for themselves
	Statuses   map[string]burnlist.Status   // the same
	DateFormat string                       // as package time has it; YYYY-MM-DD if it is empty
}

// longestTable is the most bytes that a table may have.
const longestTable = 64 << 20

// Read returns the items of a table in CSV, with a header, and what is wrong
// with its rows, as Check finds it too. An empty cell says nothing; runs of
// blanks and line breaks in a cell are one blank. A row with a problem in it is
// not among the items. It fails with Invalid if the table as a whole, or from
// some row on, cannot be read.
func (t Table) Read(in io.Reader, file string, now time.Time) (*config.Manifest, []Refusal, error) {
	text, err := io.ReadAll(io.LimitReader(in, longestTable+1))
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("read %s: %w", file, err)
	case len(text) > longestTable:
		return nil, nil, burnlist.Errorf(burnlist.Invalid, "%s is longer than %d MB: split it", file, longestTable>>20)
	}
	rows := csv.NewReader(bufio.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))))
	rows.FieldsPerRecord = -1
	if t.Delimiter != 0 {
		rows.Comma = t.Delimiter
	}
	header, err := rows.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, burnlist.Errorf(burnlist.Invalid, "the header of %s is not CSV: %v", file, err)
	}
	if err != nil {
		return nil, nil, burnlist.Errorf(burnlist.Invalid, "%s has no header: its first line names the columns", file)
	}
	at, err := t.find(header, file)
	if err != nil {
		return nil, nil, err
	}
	r := &tableReader{Table: t, file: file, now: now, rows: rows, width: len(header), at: at, seen: map[string]config.Place{}}
	if err := r.read(); err != nil {
		return nil, nil, err
	}
	return &r.manifest, r.problems, nil
}

// find returns the columns of the fields.
func (t Table) find(header []string, file string) (map[string]int, error) {
	at := map[string]int{}
	for _, field := range slices.Sorted(maps.Keys(t.Columns)) {
		if !slices.Contains(columns, field) {
			return nil, burnlist.Errorf(burnlist.Invalid, "%q is not a field of an item: use %s", field, strings.Join(columns, ", "))
		}
		name := strings.TrimSpace(t.Columns[field])
		found := -1
		for i, h := range header {
			switch {
			case !strings.EqualFold(strings.TrimSpace(h), name):
			case found >= 0:
				return nil, burnlist.Errorf(burnlist.Invalid, "%s has the column %q twice: rename the one that is not meant", file, name)
			default:
				found = i
			}
		}
		if found < 0 {
			return nil, burnlist.Errorf(burnlist.Invalid, "%s has no column %q for %s: its columns are %s", file, name, field, strings.Join(header, ", "))
		}
		at[field] = found
	}
	for _, field := range []string{"key", "title"} {
		if _, ok := at[field]; !ok {
			return nil, burnlist.Errorf(burnlist.Invalid, "no column is %s: say which one, as in --map %s=NAME", field, field)
		}
	}
	return at, nil
}

// tableReader is a table that is being read.
type tableReader struct {
	Table
	file     string
	now      time.Time
	rows     *csv.Reader
	width    int
	at       map[string]int
	manifest config.Manifest
	problems []Refusal
	seen     map[string]config.Place // keys
}

// read reads all rows. It fails if a quote that stays open has swallowed some:
// nobody knows what they and those behind them say.
func (r *tableReader) read() error {
	for {
		row, err := r.rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			if errors.Is(wrong.Err, csv.ErrQuote) && wrong.Line > wrong.StartLine {
				return burnlist.Errorf(burnlist.Invalid,
					"nothing can be read from line %d of %s on: a quote opens in the row there, and is not closed as it should be until line %d; close it, or write quotes in a quoted cell twice",
					wrong.StartLine, r.file, wrong.Line)
			}
			r.problem(Thing{Kind: Item}, config.Place{File: r.file, Line: wrong.Line, Column: wrong.Column}, "is not CSV: %v", wrong.Err)
			continue
		} else if err != nil { // cannot happen: it is read from memory
			r.problem(Thing{Kind: Item}, config.Place{File: r.file}, "cannot be read: %v", err)
			return nil
		}
		switch {
		case len(row) != r.width:
			r.problem(Thing{Kind: Item}, r.place(0), "has %d cells, and the header has %d: look at its quotes and delimiters", len(row), r.width)
		case slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" }):
			(&tableRow{tableReader: r, cells: row, places: map[string]config.Place{}}).read()
		}
	}
}

func (r *tableReader) problem(t Thing, at config.Place, format string, args ...any) {
	r.problems = append(r.problems, Refusal{t, at, fmt.Sprintf(format, args...)})
}

// place returns where a column of the current row begins.
func (r *tableReader) place(column int) config.Place {
	line, position := r.rows.FieldPos(column)
	return config.Place{File: r.file, Line: line, Column: position}
}
