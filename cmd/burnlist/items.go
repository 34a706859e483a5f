package main

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/prioritizer"
)

func itemsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "items",
		Short: "List action items, whatever their status",
		Long: `List action items by their number, whatever their status. The queue has the
open ones in the order in which to work on them.`,
		Example: `  burnlist items --owner ana@example.org --status open
  burnlist items --all --output json`,
		Args: cobra.NoArgs,
	}
	r, o := newRemote(cmd), newOutput(cmd, "table", "json", "csv", "markdown")
	var f client.ItemFilter
	flags := cmd.Flags()
	flags.StringVar(&f.Product, "product", "", "only items of this product")
	flags.StringVar(&f.Service, "service", "", "only items of this service")
	flags.StringVar(&f.Owner, "owner", "", "only items of this person")
	flags.StringVar((*string)(&f.Status), "status", "", "only items that are open, done, deprioritised or duplicate")
	flags.StringVar(&f.Key, "key", "", "the item with this key")
	all := flags.Bool("all", false, "all of them, and not the first 100 only")
	complete(cmd, "product", r.completes(r.products))
	complete(cmd, "service", r.completes(r.services))
	complete(cmd, "status", cobra.FixedCompletions(statuses, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := o.check(); err != nil {
			return err
		}
		if *all {
			f.Limit = 500
		}
		list, err := r.Items(cmd.Context(), f)
		if err != nil {
			return err
		}
		for *all && list.NextCursor != nil {
			f.After = *list.NextCursor
			next, err := r.Items(cmd.Context(), f)
			if err != nil {
				return err
			}
			list.Items, list.NextCursor = append(list.Items, next.Items...), next.NextCursor
		}
		note := prioritizer.Count(len(list.Items), "item")
		if list.NextCursor != nil {
			note = "the first " + note + "; --all shows the rest"
		}
		return o.print(cmd, list, itemsTable(list), note)
	}
	return cmd
}

var statuses = []string{string(burnlist.Open), string(burnlist.Done), string(burnlist.Deprioritised), string(burnlist.Duplicate)}

func itemsTable(list client.ItemList) *table {
	t := &table{columns: []column{
		{name: "item", right: true},
		{name: "key", least: 8, spare: 6},
		{name: "status"},
		{name: "priority", head: "pr", spare: 4},
		{name: "title", least: 26},
		{name: "service", least: 10, spare: 2},
		{name: "owner", least: 10, spare: 3},
		{name: "due", spare: 1},
		{name: "promised", spare: 5},
		{name: "rollovers", right: true, spare: 7},
	}}
	for _, i := range list.Items {
		t.rows = append(t.rows, []cell{
			plain(strconv.FormatInt(i.ID, 10)), orElse(string(i.Key), "–"), plain(string(i.Status)), plain(string(i.Priority)), plain(i.Title),
			plain(i.Service), orElse(string(i.Owner), "nobody"), orElse(i.Due.String(), "no date"),
			orElse(i.Promised.String(), "–"), plain(strconv.Itoa(i.Rollovers.Total)),
		})
	}
	return t
}
