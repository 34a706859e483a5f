package main

import (
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/config"
	"github.com/burnlist/burnlist/manifest"
	"github.com/burnlist/burnlist/prioritizer"
)

func importCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "import", Short: "Take over what other tools have", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(importItemsCommand())
	return cmd
}

func importItemsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "items FILE.csv",
		Short: "Import action items from a table",
		Long: `Import action items from a table in CSV with a header, or from stdin with -.
--map says which column is which field; key and title are needed. Items that
are there already, by their key, are changed as burnlist apply does.

If a row is not sound, nothing is imported, unless --skip-bad.`,
		Example: `  burnlist import items issues.csv --map key="Issue key" --map title=Summary \
      --map owner=Assignee --map priority=Priority --priority Highest=P0 --priority High=P1 \
      --map due="Due Date" --date-format 02/Jan/06 --service checkout --dry-run`,
		Args: cobra.ExactArgs(1),
	}
	r := newRemote(cmd)
	t := manifest.Table{}
	var delimiter string
	var columns, priorities, statuses []string
	flags := cmd.Flags()
	flags.StringArrayVar(&columns, "map", nil, "column of a field, FIELD=COLUMN; may be repeated")
	flags.StringVar(&t.Service, "service", "", "service of rows that name none")
	flags.StringVar(&delimiter, "delimiter", ",", "what stands between two cells; tab for tabulators")
	flags.StringArrayVar(&priorities, "priority", nil, "priority behind a cell, CELL=P0; may be repeated")
	flags.StringArrayVar(&statuses, "status", nil, "status behind a cell, CELL=done; may be repeated")
	flags.StringVar(&t.DateFormat, "date-format", "", "how the table writes 2 January 2006, such as 02/01/2006 (default 2006-01-02)")
	skipBad := flags.Bool("skip-bad", false, "import the other rows if some are not sound")
	how := newBringing(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var err error
		if t.Delimiter, err = delimiterOf(delimiter); err != nil {
			return err
		}
		if t.Columns, err = pairs[string]("map", columns); err != nil {
			return err
		}
		if t.Priorities, err = pairs[burnlist.Priority]("priority", priorities); err != nil {
			return err
		}
		if t.Statuses, err = pairs[burnlist.Status]("status", statuses); err != nil {
			return err
		}
		m, bad, err := readTable(cmd, t, args[0])
		if err != nil {
			return err
		}
		diagnostics := &printer{w: cmd.ErrOrStderr()}
		diagnostics.refusals(bad)
		if diagnostics.err != nil {
			return diagnostics.err
		}
		if len(bad) > 0 && !*skipBad {
			return &exit{exitDiffers, fmt.Errorf("%s; nothing was imported: correct them, or leave them out with --skip-bad", prioritizer.Count(len(bad), "problem"))}
		}
		return r.bring(cmd, m, how)
	}
	return cmd
}

// readTable returns the sound items of a table, and what is wrong with the
// others.
func readTable(cmd *cobra.Command, t manifest.Table, file string) (*config.Manifest, []manifest.Refusal, error) {
	in := cmd.InOrStdin()
	if file == "-" {
		file = "stdin"
	} else {
		f, err := os.Open(file)
		if err != nil {
			return nil, nil, usagef("read the table: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	m, bad, err := t.Read(in, file, now())
	if burnlist.CodeOf(err) == burnlist.Invalid {
		err = &exit{exitUsage, err}
	}
	return m, bad, err
}

// pairs reads the values of a flag of the form NAME=VALUE.
func pairs[T ~string](flag string, values []string) (map[string]T, error) {
	all := map[string]T{}
	for _, v := range values {
		name, value, ok := strings.Cut(v, "=")
		if _, twice := all[name]; !ok || name == "" || value == "" || twice {
			return nil, usagef("--%s %q cannot be used: write NAME=VALUE, each name once", flag, v)
		}
		all[name] = T(value)
	}
	return all, nil
}

func delimiterOf(text string) (rune, error) {
	if strings.EqualFold(text, "tab") || text == `\t` {
		return '\t', nil
	}
	r, size := utf8.DecodeRuneInString(text)
	if size != len(text) || r == utf8.RuneError || strings.ContainsRune("\"\r\n", r) {
		return 0, usagef("--delimiter %q cannot be used: give one character, or tab", text)
	}
	return r, nil
}
