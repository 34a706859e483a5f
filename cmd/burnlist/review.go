package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/prioritizer"
)

func reviewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Hold a weekly review from the terminal",
		Long: `Hold a weekly review from the terminal, over a running burnlist.

REVIEW is the number of a review, or the name of a product: then its open
review is meant, or else the newest one that has an agenda. ITEM is the number
of an item, or its key; key:9 is the item whose key is 9.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	r := newRemote(cmd)
	cmd.AddCommand(
		r.openCommand(), r.showCommand(), r.decideCommand(), r.undoCommand(), r.addCommand(), r.refreezeCommand(),
		r.concludeCommand(), r.cancelCommand(), r.digestCommand(),
	)
	return cmd
}

func (r *remote) openCommand() *cobra.Command {
	return &cobra.Command{
		Use: "open PRODUCT", Short: "Open the review of a product, and show its agenda", Args: cobra.ExactArgs(1),
		ValidArgsFunction: r.first(r.products),
		RunE: func(cmd *cobra.Command, args []string) error {
			opened, err := r.OpenReview(cmd.Context(), client.NewReview{Product: args[0]})
			if err != nil {
				return err
			}
			return r.show(cmd.Context(), cmd.OutOrStdout(), opened.ID)
		},
	}
}

func (r *remote) showCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show REVIEW", Short: "Show the agenda, and what was decided", Args: cobra.ExactArgs(1),
		ValidArgsFunction: r.first(r.products),
	}
	service := cmd.Flags().String("service", "", "show all items of this service, and no others")
	complete(cmd, "service", r.completes(r.services))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := r.review(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if *service != "" {
			return r.showAll(cmd.Context(), cmd.OutOrStdout(), id, *service)
		}
		return r.show(cmd.Context(), cmd.OutOrStdout(), id)
	}
	return cmd
}

func (r *remote) decideCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "decide REVIEW ITEM DECISION",
		Short: "Decide of an item",
		Long: `Decide of an item on the agenda: done, commit, carry, deprioritise, snooze,
reassign, reopen, duplicate or split.

If somebody decided of the item before, nothing is changed unless --again says
that you know of it.`,
		Example: `  burnlist review decide shop 142 commit --owner ana@example.org --due 2026-12-18
  burnlist review decide shop 143 commit --due "end of next week"
  burnlist review decide shop 97 deprioritise --reason "the service is being replaced"
  burnlist review decide shop 31 split --part "Bound the queue" --part "Alert on its length"`,
		Args:              cobra.ExactArgs(3),
		ValidArgsFunction: r.first(r.products),
	}
	var d client.NewDecision
	var parts []string
	again := false
	flags := cmd.Flags()
	flags.StringVar(&d.Reason, "reason", "", "why: needed to deprioritise, snooze and reopen; lets a commit move the promise, once")
	flags.StringVar(&d.Owner, "owner", "", "the one person (commit, reassign)")
	flags.StringVar(&d.Due, "due", "", "due date, YYYY-MM-DD or such as \"in 2 weeks\" or \"next friday\" (commit)")
	flags.StringVar(&d.Evidence, "evidence", "", "link that shows it (done)")
	flags.StringVar(&d.Revisit, "revisit", "", "when it comes back, YYYY-MM-DD or such as \"in 3 months\" (deprioritise)")
	flags.StringVar(&d.Until, "until", "", "when it is back, YYYY-MM-DD or such as \"next week\" (snooze)")
	flags.Int64Var(&d.Of, "of", 0, "the item that goes on (duplicate)")
	flags.StringArrayVar(&parts, "part", nil, "title of an item to split off; may be repeated (split)")
	flags.BoolVar(&again, "again", false, "decide anew, whatever was decided of the item before")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := r.review(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		i, err := r.item(cmd.Context(), args[1])
		if err != nil {
			return err
		}
		d.Kind = burnlist.DecisionKind(args[2])
		for _, title := range parts {
			d.Parts = append(d.Parts, client.NewPart{Title: title})
		}
		version := int64(0)
		if again {
			version = i.Version
		}
		made, err := r.DecideInReview(cmd.Context(), id, i.ID, version, d)
		if p, ok := errors.AsType[*client.Problem](err); ok && p.Current != nil {
			return fmt.Errorf("%w\nburnlist item show %d tells what happened; --again decides anew", err, i.ID)
		}
		if err != nil {
			return err
		}
		return printDecided(cmd.OutOrStdout(), made)
	}
	return cmd
}

func (r *remote) undoCommand() *cobra.Command {
	return &cobra.Command{
		Use: "undo REVIEW DECISION", Short: "Take a decision of an open review back", Args: cobra.ExactArgs(2),
		ValidArgsFunction: r.first(r.products),
		RunE: func(cmd *cobra.Command, args []string) error {
			decision, err := strconv.ParseInt(args[1], 10, 64)
			if err != nil {
				return usagef("%q is not the number of a decision", args[1])
			}
			id, err := r.review(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			undone, err := r.UndoDecision(cmd.Context(), id, decision)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Decision %d, %s of item %d, is taken back.\n", undone.Decision.ID, undone.Decision.Decision.Kind, undone.Decision.Item)
			return err
		},
	}
}

func (r *remote) addCommand() *cobra.Command {
	return &cobra.Command{
		Use: "add REVIEW ITEM", Short: "Put an item on the agenda that was born in the meeting", Args: cobra.ExactArgs(2),
		ValidArgsFunction: r.first(r.products),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := r.review(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			i, err := r.item(cmd.Context(), args[1])
			if err != nil {
				return err
			}
			e, err := r.AddToAgenda(cmd.Context(), id, client.NewEntry{Item: i.ID})
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Item %d is on the agenda, at place %d.\n", i.ID, e.Position)
			return err
		},
	}
}

func (r *remote) refreezeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "refreeze REVIEW", Short: "Freeze the agenda anew, before anything is decided", Args: cobra.ExactArgs(1),
		ValidArgsFunction: r.first(r.products),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := r.review(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if _, err := r.RefreezeReview(cmd.Context(), id); err != nil {
				return err
			}
			return r.show(cmd.Context(), cmd.OutOrStdout(), id)
		},
	}
}

func (r *remote) concludeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "conclude REVIEW", Short: "Conclude the review", Args: cobra.ExactArgs(1),
		ValidArgsFunction: r.first(r.products),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := r.review(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			concluded, err := r.ConcludeReview(cmd.Context(), id)
			if err != nil {
				return err
			}
			return printConcluded(cmd.OutOrStdout(), concluded)
		},
	}
}

func (r *remote) cancelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "cancel PRODUCT DATE", Short: "Cancel the slot on a date", Args: cobra.ExactArgs(2),
		ValidArgsFunction: r.first(r.products),
	}
	reason := cmd.Flags().String("reason", "", "why nobody will meet")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		date, err := burnlist.ParseDate(args[1])
		if err != nil {
			return usagef("%w", err)
		}
		if _, err := r.CancelSlot(cmd.Context(), client.Cancellation{Product: args[0], Slot: date, Reason: *reason}); err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "The slot of %s on %s is cancelled.\n", args[0], args[1])
		return err
	}
	return cmd
}

func (r *remote) digestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "digest REVIEW",
		Short: "Print the digest of a review, or of the week",
		Args:  cobra.ExactArgs(1),

		ValidArgsFunction: r.first(r.products),
	}
	format := cmd.Flags().String("format", "markdown", "markdown, html, json or slack")
	week := cmd.Flags().Bool("week", false, "of the week so far, of the product that is named")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		text, err := r.digest(cmd.Context(), args[0], *format, *week)
		if err != nil {
			return err
		}
		_, err = cmd.OutOrStdout().Write(append([]byte(strings.TrimRight(string(text), "\n")), '\n'))
		return err
	}
	return cmd
}

// digest reads the digest of the review that an argument names, or of the week
// of the product that it names.
func (r *remote) digest(ctx context.Context, name, format string, week bool) ([]byte, error) {
	if week {
		return r.RenderedWeekDigest(ctx, name, format)
	}
	id, err := r.review(ctx, name)
	if err != nil {
		return nil, err
	}
	return r.RenderedDigest(ctx, id, format)
}

// review finds the review that an argument names.
func (r *remote) review(ctx context.Context, name string) (int64, error) {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		return id, nil
	}
	if !burnlist.ValidName(name) {
		return 0, usagef("%q is neither the number of a review nor the name of a product", name)
	}
	for _, state := range []burnlist.ReviewState{burnlist.ReviewOpen, ""} {
		list, err := r.Reviews(ctx, client.ReviewFilter{Product: name, State: state, Limit: 100})
		if err != nil {
			return 0, err
		}
		for _, found := range list.Reviews {
			if found.Held() {
				return found.ID, nil
			}
		}
	}
	return 0, fmt.Errorf("%s has no review yet: open one with burnlist review open %s", name, name)
}

func (r *remote) show(ctx context.Context, w io.Writer, id int64) error {
	doc, err := r.Review(ctx, id)
	if err != nil {
		return err
	}
	return printReview(w, doc)
}

// showAll prints everything that is on the agenda of a review for a service.
func (r *remote) showAll(ctx context.Context, w io.Writer, id int64, service string) error {
	filter := client.AgendaFilter{Service: service, Limit: 500}
	first, err := r.Agenda(ctx, id, client.AgendaFilter{Service: service, Limit: 1})
	if err != nil {
		return err
	}
	p := &printer{w: w}
	p.printf("%s on the agenda of review %d:\n", prioritizer.Count(first.Total, "item"), id)
	for e, err := range r.AllEntries(ctx, id, filter) {
		if err != nil {
			return err
		}
		p.entry(e)
	}
	return p.err
}
