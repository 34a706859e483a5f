package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/prioritizer"
)

func reviewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "review",
		Short: "Hold a weekly review from the terminal",
		Long: `Hold a weekly review from the terminal, over a running burnlist.

REVIEW is the number of a review, or the name of a product: then its open
review is meant, or else the newest one that has an agenda.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c := remote(cmd)
	cmd.AddCommand(
		c.openCommand(), c.showCommand(), c.decideCommand(), c.undoCommand(), c.addCommand(), c.refreezeCommand(),
		c.concludeCommand(), c.cancelCommand(), c.digestCommand(),
	)
	return cmd
}

func (c *client) openCommand() *cobra.Command {
	return &cobra.Command{
		Use: "open PRODUCT", Short: "Open the review of a product, and show its agenda", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var r burnlist.Review
			if err := c.post(cmd.Context(), "/reviews", map[string]string{"product": args[0]}, &r); err != nil {
				return err
			}
			return c.show(cmd.Context(), cmd.OutOrStdout(), r.ID)
		},
	}
}

func (c *client) showCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "show REVIEW", Short: "Show the agenda, and what was decided", Args: cobra.ExactArgs(1),
	}
	service := cmd.Flags().String("service", "", "show all items of this service, and no others")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := c.review(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if *service != "" {
			return c.showAll(cmd.Context(), cmd.OutOrStdout(), id, *service)
		}
		return c.show(cmd.Context(), cmd.OutOrStdout(), id)
	}
	return cmd
}

func (c *client) decideCommand() *cobra.Command {
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
		Args: cobra.ExactArgs(3),
	}
	var d burnlist.Decision
	var due, revisit, until burnlist.When // the server knows what today is
	var parts []string
	again := false
	flags := cmd.Flags()
	flags.StringVar((*string)(&d.Reason), "reason", "", "why: needed to deprioritise, snooze and reopen; lets a commit move the promise, once")
	flags.StringVar((*string)(&d.Owner), "owner", "", "the one person (commit, reassign)")
	flags.TextVar(&due, "due", burnlist.When{}, "due date, YYYY-MM-DD or such as \"in 2 weeks\" or \"next friday\" (commit)")
	flags.StringVar((*string)(&d.Evidence), "evidence", "", "link that shows it (done)")
	flags.TextVar(&revisit, "revisit", burnlist.When{}, "when it comes back, YYYY-MM-DD or such as \"in 3 months\" (deprioritise)")
	flags.TextVar(&until, "until", burnlist.When{}, "when it is back, YYYY-MM-DD or such as \"next week\" (snooze)")
	flags.Int64Var(&d.Of, "of", 0, "the item that goes on (duplicate)")
	flags.StringArrayVar(&parts, "part", nil, "title of an item to split off; may be repeated (split)")
	flags.BoolVar(&again, "again", false, "decide anew, whatever was decided of the item before")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		item, err := itemNumber(args[1])
		if err != nil {
			return err
		}
		id, err := c.review(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		d.Kind = burnlist.DecisionKind(args[2])
		for _, title := range parts {
			d.Parts = append(d.Parts, burnlist.Part{Title: title})
		}
		version := int64(0)
		if again {
			var i burnlist.ItemView
			if err := c.get(cmd.Context(), fmt.Sprintf("/items/%d", item), &i); err != nil {
				return err
			}
			version = i.Version
		}
		var made api.Recorded
		body := struct {
			Item int64 `json:"item"`
			burnlist.Decision
			Due     burnlist.When `json:"due,omitzero"`
			Revisit burnlist.When `json:"revisit,omitzero"`
			Until   burnlist.When `json:"until,omitzero"`
		}{item, d, due, revisit, until}
		if err := c.call(cmd.Context(), http.MethodPost, fmt.Sprintf("/reviews/%d/decisions", id), version, body, &made); err != nil {
			return err
		}
		return printDecided(cmd.OutOrStdout(), made)
	}
	return cmd
}

func (c *client) undoCommand() *cobra.Command {
	return &cobra.Command{
		Use: "undo REVIEW DECISION", Short: "Take a decision of an open review back", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := c.review(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			var undone api.Undone
			if err := c.post(cmd.Context(), fmt.Sprintf("/reviews/%d/decisions/%s/undo", id, url.PathEscape(args[1])), struct{}{}, &undone); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Decision %d, %s of item %d, is taken back.\n", undone.Decision.ID, undone.Decision.Decision.Kind, undone.Decision.Item)
			return err
		},
	}
}

func (c *client) addCommand() *cobra.Command {
	return &cobra.Command{
		Use: "add REVIEW ITEM", Short: "Put an item on the agenda that was born in the meeting", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			item, err := itemNumber(args[1])
			if err != nil {
				return err
			}
			id, err := c.review(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			var e api.AgendaEntry
			if err := c.post(cmd.Context(), fmt.Sprintf("/reviews/%d/agenda", id), map[string]int64{"item": item}, &e); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Item %d is on the agenda, at place %d.\n", item, e.Position)
			return err
		},
	}
}

func (c *client) refreezeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "refreeze REVIEW", Short: "Freeze the agenda anew, before anything is decided", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := c.review(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if err := c.post(cmd.Context(), fmt.Sprintf("/reviews/%d/refreeze", id), struct{}{}, nil); err != nil {
				return err
			}
			return c.show(cmd.Context(), cmd.OutOrStdout(), id)
		},
	}
}

func (c *client) concludeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "conclude REVIEW", Short: "Conclude the review", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := c.review(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			var r burnlist.Review
			if err := c.post(cmd.Context(), fmt.Sprintf("/reviews/%d/conclude", id), struct{}{}, &r); err != nil {
				return err
			}
			return printConcluded(cmd.OutOrStdout(), r)
		},
	}
}

func (c *client) cancelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "cancel PRODUCT DATE", Short: "Cancel the slot on a date", Args: cobra.ExactArgs(2),
	}
	reason := cmd.Flags().String("reason", "", "why nobody will meet")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		body := map[string]string{"product": args[0], "slot": args[1], "reason": *reason}
		if err := c.post(cmd.Context(), "/reviews/cancel", body, nil); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "The slot of %s on %s is cancelled.\n", args[0], args[1])
		return err
	}
	return cmd
}

func (c *client) digestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "digest REVIEW",
		Short: "Print the digest of a review, or of the week",
		Args:  cobra.ExactArgs(1),
	}
	format := cmd.Flags().String("format", "markdown", "markdown, html, json or slack")
	week := cmd.Flags().Bool("week", false, "of the week so far, of the product that is named")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		path := "/products/" + url.PathEscape(args[0])
		if !*week {
			id, err := c.review(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			path = fmt.Sprintf("/reviews/%d", id)
		}
		var text []byte
		if err := c.get(cmd.Context(), path+"/digest?format="+url.QueryEscape(*format), &text); err != nil {
			return err
		}
		_, err := cmd.OutOrStdout().Write(append([]byte(strings.TrimRight(string(text), "\n")), '\n'))
		return err
	}
	return cmd
}

// itemNumber reads the number of an item.
func itemNumber(arg string) (int64, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not the number of an item", arg)
	}
	return id, nil
}

// review finds the review that an argument names.
func (c *client) review(ctx context.Context, name string) (int64, error) {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		return id, nil
	}
	if !burnlist.ValidName(name) {
		return 0, fmt.Errorf("%q is neither the number of a review nor the name of a product", name)
	}
	for _, state := range []string{"&state=open", ""} {
		var list api.ReviewList
		if err := c.get(ctx, "/reviews?limit=100&product="+url.QueryEscape(name)+state, &list); err != nil {
			return 0, err
		}
		for _, r := range list.Reviews {
			if r.Held() {
				return r.ID, nil
			}
		}
	}
	return 0, fmt.Errorf("%s has no review yet: open one with burnlist review open %s", name, name)
}

func (c *client) show(ctx context.Context, w io.Writer, id int64) error {
	var doc api.ReviewDocument
	if err := c.get(ctx, fmt.Sprintf("/reviews/%d", id), &doc); err != nil {
		return err
	}
	return printReview(w, doc)
}

// showAll prints everything that is on the agenda of a review for a service.
func (c *client) showAll(ctx context.Context, w io.Writer, id int64, service string) error {
	p := &printer{w: w}
	for after := 0; ; {
		var page api.AgendaPage
		if err := c.get(ctx, fmt.Sprintf("/reviews/%d/agenda?limit=500&after=%d&service=%s", id, after, url.QueryEscape(service)), &page); err != nil {
			return err
		}
		if after == 0 {
			p.printf("%s on the agenda of review %d:\n", prioritizer.Count(page.Total, "item"), id)
		}
		for _, e := range page.Entries {
			p.entry(e)
		}
		if page.NextCursor == nil {
			return p.err
		}
		after = *page.NextCursor
	}
}
