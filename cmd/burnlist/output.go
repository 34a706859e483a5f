package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// output is the form in which a command answers.
type output struct {
	form  string
	forms []string
}

// newOutput gives a command and those below it the flag --output, with the
// forms that there are; the first is the default.
func newOutput(cmd *cobra.Command, forms ...string) *output {
	o := &output{forms: forms}
	cmd.PersistentFlags().StringVarP(&o.form, "output", "o", forms[0], "how to print it: "+strings.Join(forms, ", "))
	complete(cmd, "output", cobra.FixedCompletions(forms, cobra.ShellCompDirectiveNoFileComp))
	return o
}

func (o *output) check() error {
	if !slices.Contains(o.forms, o.form) {
		return usagef("--output %s is not there: use one of %s", o.form, strings.Join(o.forms, ", "))
	}
	return nil
}

// print writes a list: as JSON the document as the API answers it, else the
// table. The notes are for people: they stand below the table, and apart from
// what programs read.
func (o *output) print(cmd *cobra.Command, doc any, t *table, notes ...string) error {
	w := cmd.OutOrStdout()
	apart := &printer{w: cmd.ErrOrStderr()}
	var err error
	switch o.form {
	case "json":
		err = printJSON(w, doc)
	case "csv":
		err = t.printCSV(w)
	case "markdown":
		err = t.printMarkdown(w)
	default:
		err = t.printText(w, roomOf(w))
		apart.w = w
	}
	if err != nil {
		return err
	}
	for _, note := range notes {
		apart.printf("%s\n", note)
	}
	return apart.err
}

// roomOf returns the width of the terminal that w is, or 80 if it is none.
func roomOf(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if room, _, err := term.GetSize(int(f.Fd())); err == nil && room > 0 {
			return room
		}
	}
	return 80
}

func printJSON(w io.Writer, doc any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return nil
}

// printCSV writes the table for programs. What a spreadsheet would take for a
// formula gets an apostrophe before it.
func (t *table) printCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	line := make([]string, len(t.columns))
	for i, c := range t.columns {
		line[i] = c.name
	}
	_ = out.Write(line) // Error tells
	for _, row := range t.rows {
		for i, c := range row {
			line[i] = oneLine(c.raw)
			if !t.columns[i].right && line[i] != "" && strings.Contains("=+-@", line[i][:1]) {
				line[i] = "'" + line[i]
			}
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// printMarkdown writes the table as Markdown, in which nothing of its texts is
// taken for a mark.
func (t *table) printMarkdown(w io.Writer) error {
	p := &printer{w: w}
	var head, rule []string
	for _, c := range t.columns {
		head = append(head, c.name)
		if c.right {
			rule = append(rule, "---:")
		} else {
			rule = append(rule, "---")
		}
	}
	p.printf("| %s |\n| %s |\n", strings.Join(head, " | "), strings.Join(rule, " | "))
	for _, row := range t.rows {
		var line []string
		for _, c := range row {
			line = append(line, markdownMarks.Replace(oneLine(c.shown)))
		}
		p.printf("| %s |\n", strings.Join(line, " | "))
	}
	return p.err
}

var markdownMarks = strings.NewReplacer(
	`\`, `\\`, `|`, `\|`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `&lt;`, `>`, `&gt;`, `&`, `&amp;`, `~`, `\~`,
)
