package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
)

func itemCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "item",
		Short: "Show, report, change and decide action items",
		Long: `Show, report, change and decide action items.

ITEM is the number of an item, or its key; key:9 is the item whose key is 9.
Decisions are made outside of any
review here; burnlist review decide makes them in one.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	r, o := newRemote(cmd), newOutput(cmd, "text", "json")
	cmd.AddCommand(r.itemShowCommand(o), r.itemAddCommand(o), r.itemEditCommand(o))
	cmd.AddCommand(r.itemDecisionCommands(o)...)
	return cmd
}

func (r *remote) itemShowCommand(o *output) *cobra.Command {
	return &cobra.Command{
		Use: "show ITEM", Short: "Show an item, its warnings, and what happened to it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			i, err := r.item(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if o.form == "json" {
				return printJSON(cmd.OutOrStdout(), i)
			}
			warnings, err := r.Warnings(cmd.Context(), client.WarningFilter{Item: i.ID})
			if err != nil {
				return err
			}
			history, err := r.ItemHistory(cmd.Context(), i.ID)
			if err != nil {
				return err
			}
			return printItem(cmd.OutOrStdout(), i, warnings, history)
		},
	}
}

func (r *remote) itemAddCommand(o *output) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "add TITLE",
		Short: "Report an item",
		Long: `Report an item that a postmortem asked for. Without an owner or a due date it is
a wish.`,
		Example: `  burnlist item add "Alert when the pool exceeds 80 % for 5 minutes" --service checkout \
      --owner ana@example.org --due 2030-01-15 --source-url https://wiki.example.org/postmortems/31`,
		Args: cobra.ExactArgs(1),
	}
	f := r.itemFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		if f.service == "" {
			return usagef("say which service the item is about, with --service")
		}
		n := client.NewItem{
			Key: f.key, Title: args[0], Service: f.service, SLO: f.slo, Owner: f.owner, Due: f.due,
			Priority: burnlist.Priority(f.priority), Ticket: f.ticket, OpenedOn: f.openedOn, DoneWhen: f.doneWhen,
		}
		source, err := f.source(cmd.Flags(), nil)
		if err != nil {
			return err
		}
		n.Source = source
		i, err := r.CreateItem(cmd.Context(), n)
		if err != nil {
			return err
		}
		if o.form == "json" {
			return printJSON(cmd.OutOrStdout(), i)
		}
		return printWritten(cmd.OutOrStdout(), "is reported", i)
	}
	return cmd
}

func (r *remote) itemEditCommand(o *output) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "edit ITEM",
		Short: "Change the fields of an item",
		Long: `Change the fields of an item that are given; an empty value clears a field. The
status changes by decisions.`,
		Example: `  burnlist item edit 142 --due 2030-01-22 --ticket ""`,
		Args:    cobra.ExactArgs(1),
	}
	f := r.itemFlags(cmd)
	title := cmd.Flags().String("title", "", "what is to be done")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		i, err := r.item(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		change, err := f.change(cmd.Flags(), i)
		if err != nil {
			return err
		}
		if cmd.Flags().Changed("title") {
			change.Title = title
		}
		if change == (client.ItemChange{}) {
			return usagef("say what to change, as in --owner ana@example.org")
		}
		written, err := r.UpdateItem(cmd.Context(), i.ID, i.Version, change)
		if err != nil {
			return err
		}
		if o.form == "json" {
			return printJSON(cmd.OutOrStdout(), written)
		}
		return printWritten(cmd.OutOrStdout(), "is changed", written)
	}
	return cmd
}

// itemFields are the fields of an item as flags give them.
type itemFields struct {
	key, service, slo, owner, due, priority, ticket   string
	doneWhen                                          string
	sourceURL, sourceTitle, sourceProduct, start, end string
	openedOn                                          burnlist.Date
}

func (r *remote) itemFlags(cmd *cobra.Command) *itemFields {
	f := &itemFields{}
	flags := cmd.Flags()
	flags.StringVar(&f.service, "service", "", "the service that it is about")
	flags.StringVar(&f.slo, "slo", "", "the SLO of the service that it addresses")
	flags.StringVar(&f.owner, "owner", "", "the one person who does it")
	flags.StringVar(&f.due, "due", "", "due date, such as 2030-01-15, \"in 2 weeks\" or \"next friday\"")
	flags.StringVar(&f.priority, "priority", "", "P0 to P4 (P2 if it is not given)")
	flags.StringVar(&f.key, "key", "", "your own identifier of the item, such as PM-31/2")
	flags.StringVar(&f.doneWhen, "done-when", "", "how anybody can tell that it is done")
	flags.StringVar(&f.ticket, "ticket", "", "where the team tracks the work")
	flags.StringVar(&f.sourceURL, "source-url", "", "address of the postmortem")
	flags.StringVar(&f.sourceTitle, "source-title", "", "title of the incident")
	flags.StringVar(&f.sourceProduct, "source-product", "", "product whose incident it was, if not the item's own")
	flags.StringVar(&f.start, "source-start", "", "when the incident began, such as 2026-11-16T09:10:00Z")
	flags.StringVar(&f.end, "source-end", "", "when it was over")
	flags.TextVar(&f.openedOn, "opened-on", burnlist.Date(0), "when it was asked for, YYYY-MM-DD (today if it is not given)")
	complete(cmd, "service", r.completes(r.services))
	complete(cmd, "slo", r.completes(r.slos))
	complete(cmd, "source-product", r.completes(r.products))
	var priorities []string
	for _, p := range burnlist.Priorities {
		priorities = append(priorities, string(p))
	}
	complete(cmd, "priority", cobra.FixedCompletions(priorities, cobra.ShellCompDirectiveNoFileComp))
	return f
}

// change returns what the flags that were given change of an item.
func (f *itemFields) change(given *pflag.FlagSet, i burnlist.ItemView) (client.ItemChange, error) {
	var c client.ItemChange
	nullable := func(flag, value string, field **burnlist.NullString) {
		if given.Changed(flag) {
			*field = new(burnlist.NullString(value))
		}
	}
	nullable("key", f.key, &c.Key)
	nullable("slo", f.slo, &c.SLO)
	nullable("owner", f.owner, &c.Owner)
	nullable("due", f.due, &c.Due)
	nullable("ticket", f.ticket, &c.Ticket)
	nullable("done-when", f.doneWhen, &c.DoneWhen)
	if given.Changed("service") {
		c.Service = &f.service
	}
	if given.Changed("priority") {
		c.Priority = new(burnlist.Priority(f.priority))
	}
	if given.Changed("opened-on") {
		c.OpenedOn = &f.openedOn
	}
	source, err := f.source(given, i.Source)
	c.Source = source
	return c, err
}

// source puts the flags that were given over a source. Without any it returns
// nil.
func (f *itemFields) source(given *pflag.FlagSet, over *burnlist.Source) (*burnlist.Source, error) {
	var s burnlist.Source
	if over != nil {
		s = *over
	}
	changed := false
	text := func(flag, value string, field *burnlist.NullString) {
		if given.Changed(flag) {
			*field, changed = burnlist.NullString(value), true
		}
	}
	text("source-url", f.sourceURL, &s.URL)
	text("source-title", f.sourceTitle, &s.Title)
	text("source-product", f.sourceProduct, &s.Product)
	for _, end := range []struct {
		flag, value string
		field       **time.Time
	}{{"source-start", f.start, &s.Start}, {"source-end", f.end, &s.End}} {
		if !given.Changed(end.flag) {
			continue
		}
		changed, *end.field = true, nil
		if end.value == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, end.value)
		if err != nil {
			return nil, usagef("--%s %q is not a time: write it as in 2026-11-16T09:10:00Z", end.flag, end.value)
		}
		*end.field = &at
	}
	if !changed {
		return nil, nil //nolint:nilnil // no source is no mistake
	}
	return &s, nil
}

// item finds the item that an argument names by its number or its key. Digits
// alone are a number, unless they are another item's key: then it takes number:
// or key: before them to say which is meant.
func (r *remote) item(ctx context.Context, name string) (burnlist.ItemView, error) {
	number, isNumber := strings.CutPrefix(name, "number:")
	key, isKey := strings.CutPrefix(name, "key:")
	id, err := strconv.ParseUint(number, 10, 63)
	switch {
	case key == "" || number == "":
		return burnlist.ItemView{}, usagef("%q is neither the number of an item nor a key", name)
	case isNumber && err != nil:
		return burnlist.ItemView{}, usagef("%q is not the number of an item", number)
	case isNumber:
		return r.Item(ctx, int64(id))
	}
	list, failed := r.Items(ctx, client.ItemFilter{Key: key})
	switch {
	case failed != nil:
		return burnlist.ItemView{}, failed
	case isKey || err != nil:
		if len(list.Items) == 0 {
			return burnlist.ItemView{}, &exit{exitRefused, burnlist.Errorf(burnlist.NotFound, "there is no item with the key %q: burnlist items lists what there is", key)}
		}
		return list.Items[0], nil
	case len(list.Items) > 0 && list.Items[0].ID != int64(id):
		return burnlist.ItemView{}, &exit{exitRefused, burnlist.Errorf(burnlist.Conflict,
			"%s is the number of one item and the key of item %d: name key:%s if you mean item %d, or else number:%s", name, list.Items[0].ID, name, list.Items[0].ID, name)}
	}
	return r.Item(ctx, int64(id))
}
