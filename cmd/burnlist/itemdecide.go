package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
)

// itemDecisionCommands are one command for each decision that is made of items
// from day to day.
func (r *remote) itemDecisionCommands(o *output) []*cobra.Command {
	var all []*cobra.Command
	for _, c := range []struct {
		kind  burnlist.DecisionKind
		short string
		flags []string
	}{
		{burnlist.DecideDone, "Close items that are done", []string{"evidence", "reason"}},
		{burnlist.DecideCommit, "Promise items by an owner and a date", []string{"owner", "due", "reason"}},
		{burnlist.DecideDeprioritise, "Put items away until they come back", []string{"reason", "revisit"}},
		{burnlist.DecideSnooze, "Put items out of the way for a while", []string{"reason", "until"}},
		{burnlist.DecideReassign, "Give items another owner", []string{"owner", "reason"}},
		{burnlist.DecideReopen, "Open items again", []string{"reason"}},
	} {
		cmd := &cobra.Command{Use: string(c.kind) + " ITEM...", Short: c.short, Args: cobra.MinimumNArgs(1)}
		d := client.NewDecision{Kind: c.kind}
		for _, name := range c.flags {
			decisionFlag(cmd, name, &d)
		}
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return r.decideAll(cmd, o, args, d)
		}
		all = append(all, cmd)
	}
	return all
}

func decisionFlag(cmd *cobra.Command, name string, d *client.NewDecision) {
	flags := cmd.Flags()
	switch name {
	case "reason":
		flags.StringVar(&d.Reason, name, "", "why, for those who were not there")
	case "owner":
		flags.StringVar(&d.Owner, name, "", "the one person who does it")
	case "due":
		flags.StringVar(&d.Due, name, "", "due date, such as 2030-01-15, \"in 2 weeks\" or \"next friday\"")
	case "evidence":
		flags.StringVar(&d.Evidence, name, "", "link that shows that it is done")
	case "revisit":
		flags.StringVar(&d.Revisit, name, "", "when it comes back, such as 2030-01-15 or \"in 3 months\"")
	case "until":
		flags.StringVar(&d.Until, name, "", "the day on which it is back, such as 2030-01-15, \"in 2 weeks\" or \"next friday\"")
	}
}

// decideAll decides the same of several items, one after the other. What is
// refused of one does not keep the others from being decided; a server that
// fails does. In JSON those that were decided are one array, and an item that
// was named alone is itself.
func (r *remote) decideAll(cmd *cobra.Command, o *output, items []string, d client.NewDecision) error {
	var decided []burnlist.ItemView
	var refused []error
	var failed error
	for _, name := range items {
		i, err := r.decideOne(cmd.Context(), name, d)
		if err != nil {
			err = fmt.Errorf("item %s: %w", name, err)
		}
		if err != nil && exitCode(err) != exitRefused {
			failed = errors.Join(append(refused, err)...)
			break
		}
		if err != nil {
			refused = append(refused, err)
			continue
		}
		decided = append(decided, i)
		if o.form == "json" {
			continue
		}
		if err := printStatus(cmd.OutOrStdout(), i); err != nil {
			return err
		}
	}
	if o.form == "json" {
		if err := printDecisions(cmd.OutOrStdout(), decided, len(items) > 1); err != nil {
			return err
		}
	}
	if failed == nil && len(refused) > 0 {
		return &exit{exitRefused, errors.Join(refused...)}
	}
	return failed
}

// printDecisions prints the items that were decided as one document.
func printDecisions(w io.Writer, decided []burnlist.ItemView, several bool) error {
	switch {
	case several:
		return printJSON(w, append([]burnlist.ItemView{}, decided...))
	case len(decided) == 1:
		return printJSON(w, decided[0])
	}
	return nil
}

// decideOne decides of an item as it is now.
func (r *remote) decideOne(ctx context.Context, name string, d client.NewDecision) (burnlist.ItemView, error) {
	i, err := r.item(ctx, name)
	if err != nil {
		return i, err
	}
	return r.DecideItem(ctx, i.ID, i.Version, d)
}
