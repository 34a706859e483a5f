package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/config"
	"github.com/burnlist/burnlist/manifest"
	"github.com/burnlist/burnlist/prioritizer"
)

func applyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "apply -f FILE...",
		Short: "Bring products, services, SLOs, items and the policy to what files say",
		Long: `Bring products, services, SLOs, items and the policy to what YAML files say,
as docs/files.md describes them. A FILE may be a folder, or - for stdin.

Only what differs is written, so that a second run changes nothing. Nothing is
deleted or retired because it is not in the files. The status, the owner and
the due date of an item that somebody has decided of stay, unless --force.`,
		Example: `  burnlist apply -f slos.yaml --dry-run
  burnlist export | burnlist apply -f - --server http://other.example.org:8080`,
	}
	r := newRemote(cmd)
	files := cmd.Flags().StringArrayP("file", "f", nil, "file or folder to read, or - for stdin; may be repeated")
	how := newBringing(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		m, err := readFiles(cmd, append(*files, args...))
		if err != nil {
			return err
		}
		return r.bring(cmd, m, how)
	}
	return cmd
}

// readFiles reads a manifest and says what is wrong with it.
func readFiles(cmd *cobra.Command, paths []string) (*config.Manifest, error) {
	if len(paths) == 0 {
		return nil, usagef("name the files: give -f FILE, or -f - for stdin")
	}
	m, err := config.ReadManifest(cmd.InOrStdin(), paths...)
	if e, ok := errors.AsType[*burnlist.Error](err); ok {
		p := &printer{w: cmd.ErrOrStderr()}
		for _, d := range e.Details {
			p.printf("%s: %s\n", d.Field, d.Message)
		}
		return nil, &exit{exitDiffers, errors.Join(p.err, errors.New(prioritizer.Count(len(e.Details), "problem")))}
	}
	if err == nil && len(m.Products)+len(m.Services)+len(m.SLOs)+len(m.Items) == 0 && m.Policy == nil {
		return nil, &exit{exitDiffers, errors.New("there is nothing in the files: look at what was to write them")}
	}
	return m, err
}

// bringing is how a server is brought to a manifest.
type bringing struct{ dryRun, force bool }

func newBringing(cmd *cobra.Command) *bringing {
	how := &bringing{}
	cmd.Flags().BoolVar(&how.dryRun, "dry-run", false, "print what would be done, and end with 4 if that is anything")
	cmd.Flags().BoolVar(&how.force, "force", false, "change also what somebody has decided of")
	return how
}

// bring brings the server to the manifest. What the server refuses is told at
// the end, and what does not need it is done.
func (r *remote) bring(cmd *cobra.Command, m *config.Manifest, how *bringing) error {
	out, diagnostics := &printer{w: cmd.OutOrStdout()}, &printer{w: cmd.ErrOrStderr()}
	if wrong, _ := manifest.Check(m, now()); len(wrong) > 0 {
		diagnostics.refusals(wrong)
		return &exit{exitDiffers, errors.Join(diagnostics.err, fmt.Errorf("%s; nothing was sent", prioritizer.Count(len(wrong), "problem")))}
	}
	state, err := manifest.Read(cmd.Context(), r.Client, m)
	if err != nil {
		return err
	}
	plan := manifest.Diff(m, state, how.force)
	for _, k := range plan.Kept {
		out.printf("%s\n", k)
	}
	if how.dryRun {
		return dryRun(out, diagnostics, plan)
	}
	count := newCounter(cmd, len(plan.Steps))
	refused, err := plan.Run(cmd.Context(), r.Client, state, func(s manifest.Step, refused *manifest.Refusal) {
		if refused == nil {
			out.printf("%s\n", s)
		}
		count.step()
	})
	count.end()
	if errors.Is(err, context.Canceled) {
		diagnostics.printf("%d of %s done; repeat it to go on\n", count.done-len(refused), prioritizer.Count(len(plan.Steps), "step"))
	}
	refused = append(plan.Refused, refused...)
	diagnostics.refusals(refused)
	if err != nil {
		return err
	}
	out.unchanged(plan)
	if err := errors.Join(out.err, diagnostics.err); err != nil || len(refused) == 0 {
		return err
	}
	return &exit{exitRefused, fmt.Errorf("%s refused; the others are done", prioritizer.Count(len(refused), "step"))}
}

// dryRun prints what a plan would do.
func dryRun(out, diagnostics *printer, plan manifest.Plan) error {
	for _, s := range plan.Steps {
		out.printf("%s\n", s)
	}
	out.unchanged(plan)
	diagnostics.refusals(plan.Refused)
	switch err := errors.Join(out.err, diagnostics.err); {
	case err != nil:
		return err
	case len(plan.Steps)+len(plan.Refused) > 0:
		return &exit{code: exitDiffers}
	}
	return nil
}

// unchanged prints how many things are as they should be.
func (p *printer) unchanged(plan manifest.Plan) {
	p.printf("= %d unchanged", plan.Unchanged)
	if len(plan.Steps) == 0 {
		p.printf(", nothing to do")
	}
	p.printf("\n")
}

// refusals prints what is wrong, one line for each with its place, in which
// editors find it.
func (p *printer) refusals(all []manifest.Refusal) {
	for _, r := range all {
		p.printf("%s: %s: %s\n", r.At, r.Thing, strings.ReplaceAll(r.Message, "\n  ", "; "))
	}
}

// counter says on stderr how far something is that takes long: in place where
// that is a terminal and stdout, which has the steps, is not; else with a line
// now and then.
type counter struct {
	printer
	live, silent bool
	done, total  int
	last         time.Time
}

// betweenLines is how long a counter that is no terminal is silent.
const betweenLines = 10 * time.Second

func newCounter(cmd *cobra.Command, total int) *counter {
	return &counter{
		printer: printer{w: cmd.ErrOrStderr()}, total: total, last: now(),
		live: isTerminal(cmd.ErrOrStderr()), silent: isTerminal(cmd.OutOrStdout()),
	}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (c *counter) step() {
	c.done++
	switch {
	case c.silent:
	case c.live:
		c.printf("\r%d of %d", c.done, c.total)
	case now().Sub(c.last) >= betweenLines:
		c.last = now()
		c.printf("%d of %d\n", c.done, c.total)
	}
}

func (c *counter) end() {
	if c.live && !c.silent && c.done > 0 {
		c.printf("\n")
	}
}
