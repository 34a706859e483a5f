package main

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// table is what the list commands print. All forms but the one for terminals
// have every column and every text in full.
type table struct {
	columns []column
	rows    [][]cell
}

// column is one column of a table.
type column struct {
	name  string // in CSV and Markdown, as in the API
	head  string // for terminals, if it is not the name
	right bool   // numbers stand at the right
	least int    // texts may be cut to so many cells; 0 never
	spare int    // if there is no room, the columns with the largest number go first; 0 stays
}

// cell is a value as people read it, and as programs do.
type cell struct {
	shown string
	raw   string
}

func plain(s string) cell { return cell{s, s} }

// orElse is a value that may be missing: people read a word for that, and
// programs an empty text.
func orElse(value, missing string) cell { return cell{cmp.Or(value, missing), value} }

const gap = 2 // cells between two columns

// printText writes the table for a terminal of the given width. No line is
// longer; what is too long ends with an ellipsis. If columns have to be left
// out, a line says so.
func (t *table) printText(w io.Writer, room int) error {
	shown, widths := t.fit(room)
	p := &printer{w: w}
	line := func(text func(i int) string) {
		var b strings.Builder
		for n, i := range shown {
			if n > 0 {
				b.WriteString(strings.Repeat(" ", gap))
			}
			s := cut(text(i), widths[i])
			fill := strings.Repeat(" ", widths[i]-cells(s))
			if t.columns[i].right {
				s, fill = fill, s
			}
			b.WriteString(s + fill)
		}
		p.printf("%s\n", cut(strings.TrimRight(b.String(), " "), room))
	}
	line(func(i int) string { return t.columns[i].heading() })
	for _, row := range t.rows {
		line(func(i int) string { return oneLine(row[i].shown) })
	}
	var missing []string
	for i, c := range t.columns {
		if !slices.Contains(shown, i) {
			missing = append(missing, c.name)
		}
	}
	if len(missing) > 0 {
		p.lines("(no room for "+strings.Join(missing, ", ")+")", room)
	}
	return p.err
}

// lines prints a text on as many lines as it needs, broken between words.
func (p *printer) lines(text string, room int) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && cells(line)+1+cells(word) > room {
			p.printf("%s\n", line)
			line = ""
		}
		line = strings.TrimLeft(line+" "+word, " ")
	}
	p.printf("%s\n", line)
}

func (c column) heading() string {
	return strings.ToUpper(strings.ReplaceAll(cmp.Or(c.head, c.name), "_", " "))
}

// fit chooses the columns that have room, and how wide each is: all of them as
// wide as their contents if that fits, else with texts cut; and if that does not
// help, without those that can be spared.
func (t *table) fit(room int) (shown []int, widths map[int]int) {
	natural, least := map[int]int{}, map[int]int{}
	for i, c := range t.columns {
		natural[i] = cells(c.heading())
		for _, row := range t.rows {
			natural[i] = max(natural[i], cells(oneLine(row[i].shown)))
		}
		least[i] = natural[i]
		if c.least > 0 {
			least[i] = min(natural[i], c.least)
		}
		shown = append(shown, i)
	}
	sum := func(of map[int]int) int {
		n := gap * (len(shown) - 1)
		for _, i := range shown {
			n += of[i]
		}
		return n
	}
	for sum(least) > room {
		spare := -1
		for n, i := range shown {
			if t.columns[i].spare > 0 && (spare < 0 || t.columns[i].spare > t.columns[shown[spare]].spare) {
				spare = n
			}
		}
		if spare < 0 {
			return shown, least // the lines are cut
		}
		shown = append(shown[:spare:spare], shown[spare+1:]...)
	}
	widths = natural
	// What matters least is cut first, the widest text of it before others.
	for over := sum(widths) - room; over > 0; over-- {
		next := -1
		for _, i := range shown {
			if widths[i] > least[i] && (next < 0 || cmp.Or(cmp.Compare(t.columns[i].spare, t.columns[next].spare), cmp.Compare(widths[i], widths[next])) > 0) {
				next = i
			}
		}
		widths[next]--
	}
	return shown, widths
}

// cut shortens s to at most room cells, the last of which is an ellipsis then.
func cut(s string, room int) string {
	if cells(s) <= room {
		return s
	}
	used := 0
	for i, r := range s {
		if used+runeCells(r) > room-1 {
			return s[:i] + strings.Repeat("…", min(1, room))
		}
		used += runeCells(r)
	}
	return s
}

// oneLine keeps what a server says from moving the cursor or turning the text
// around.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// cells returns how many cells of a terminal s takes.
func cells(s string) int {
	n := 0
	for _, r := range s {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	case width.Neutral, width.EastAsianAmbiguous, width.EastAsianNarrow, width.EastAsianHalfwidth:
	}
	return 1
}
