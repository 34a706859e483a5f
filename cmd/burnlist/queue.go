package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/prioritizer"
)

func queueCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "queue",
		Short: "Show what to do first",
		Long: `Show the ranked queue: the open items, the most urgent first.

A terminal gets as many columns as it has room for; the other forms have all.`,
		Example: `  burnlist queue --product shop --tier jump
  burnlist queue --all --output csv > queue.csv`,
		Args: cobra.NoArgs,
	}
	r, o := newRemote(cmd), newOutput(cmd, "table", "json", "csv", "markdown")
	var f client.QueueFilter
	flags := cmd.Flags()
	flags.StringVar(&f.Product, "product", "", "only items of this product")
	flags.StringVar(&f.Team, "team", "", "only items of this team's services")
	flags.StringVar(&f.Service, "service", "", "only items of this service")
	flags.StringVar(&f.Owner, "owner", "", "only items of this person")
	flags.StringVar(&f.Tier, "tier", "", "only items of this tier: jump, watch, unknown, within_budget")
	flags.StringVar(&f.Warning, "warning", "", "only items with this warning, such as no_owner")
	flags.IntVar(&f.PerService, "per-service", 0, "only the first so many of each service")
	flags.IntVar(&f.Limit, "limit", 0, "at most so many, up to 500 (50 if it is not given)")
	asOf := flags.String("as-of", "", "read the dates of a product at this moment, such as 2030-01-15T09:00:00Z, at most 90 days from now")
	all := flags.Bool("all", false, "all of them, however many there are")
	complete(cmd, "product", r.completes(r.products))
	complete(cmd, "service", r.completes(r.services))
	complete(cmd, "tier", cobra.FixedCompletions(tierNames(), cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "warning", cobra.FixedCompletions(warningNames(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := o.check(); err != nil {
			return err
		}
		if *all && f.Limit != 0 {
			return usagef("--limit and --all say different things: give one of them")
		}
		if *all {
			f.Limit = 500
		}
		if *asOf != "" {
			at, err := time.Parse(time.RFC3339, *asOf)
			if err != nil {
				return usagef("--as-of %s is no moment: give one such as 2030-01-15T09:00:00Z", *asOf)
			}
			f.AsOf = at
		}
		doc, err := r.Queue(cmd.Context(), f)
		if err != nil {
			return err
		}
		for *all && doc.NextCursor != nil {
			f.Cursor = *doc.NextCursor
			next, err := r.Queue(cmd.Context(), f)
			if err != nil {
				return err
			}
			doc.Entries, doc.NextCursor = append(doc.Entries, next.Entries...), next.NextCursor
		}
		notes := append(freshness(doc.Age, doc.RefreshedAt), more(len(doc.Entries), doc.Total, "item", doc.NextCursor != nil))
		return o.print(cmd, doc, queueTable(doc), notes...)
	}
	return cmd
}

func queueTable(doc client.QueueDocument) *table {
	t := &table{columns: []column{
		{name: "position", head: "#", right: true},
		{name: "item", right: true},
		{name: "tier"},
		{name: "score", right: true, spare: 4},
		{name: "title", least: 26},
		{name: "service", least: 10, spare: 2},
		{name: "owner", least: 10, spare: 3},
		{name: "due", spare: 1},
		{name: "state", spare: 5},
		{name: "forecast", right: true, spare: 6},
		{name: "warnings", least: 12, spare: 7},
	}}
	for _, e := range doc.Entries {
		var warnings []string
		for _, w := range e.Warnings {
			warnings = append(warnings, w.Code.String())
		}
		t.rows = append(t.rows, []cell{
			plain(strconv.Itoa(e.Position)), plain(strconv.FormatInt(e.Item.ID, 10)), plain(e.Tier.String()), points(e.Score),
			plain(e.Item.Title), plain(e.Item.Service), orElse(string(e.Item.Owner), "nobody"), orElse(e.Item.Due.String(), "no date"),
			plain(string(e.Budget.State)), share(e.Budget.Forecast), plain(strings.Join(warnings, " ")),
		})
	}
	return t
}

func points(p prioritizer.Points) cell {
	return cell{strconv.FormatFloat(p.Float(), 'f', 1, 64), p.String()}
}

// share is a measured share: people read it in percent. What nobody knows is
// called so in every form.
func share(v burnlist.Value) cell {
	n, known := v.Get()
	if !known {
		return plain("unknown")
	}
	return cell{prioritizer.Percent(n), v.String()}
}

// more says how much of a list was printed, and how to see the rest.
func more(shown, all int, noun string, rest bool) string {
	if !rest {
		return prioritizer.Count(shown, noun)
	}
	return strconv.Itoa(shown) + " of " + prioritizer.Count(all, noun) + "; --all shows the rest"
}

// freshness says what there is to know about the age of an answer.
func freshness(age time.Duration, refreshed *time.Time) []string {
	var notes []string
	if age > 0 {
		notes = append(notes, "burnlist's database does not answer: this is as of "+burnlist.Duration(age).String()+" ago")
	}
	if refreshed == nil {
		notes = append(notes, "nothing is measured yet")
	}
	return notes
}

func tierNames() []string {
	var names []string
	for _, t := range prioritizer.Tiers {
		names = append(names, t.String())
	}
	return names
}

func warningNames() []string {
	var names []string
	for _, d := range prioritizer.Definitions() {
		names = append(names, d.Code.String())
	}
	return names
}
