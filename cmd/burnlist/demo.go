package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/config"
	"github.com/burnlist/burnlist/internal/demo"
	"github.com/burnlist/burnlist/internal/promengine"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/store"
)

// shown is how much of the queue the demo prints.
const shown = 12

func demoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Serve a made-up company's queue; nothing else is needed",
		Long: `Serve the queue of a made-up company: 30 days of metrics in an embedded
PromQL engine, asked by the same client that asks a real Prometheus, and a
database that is thrown away at the end.`,
		Args: cobra.NoArgs,
	}
	config.AddListenFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		// The demo is the same everywhere: it reads neither file nor environment.
		settings, err := config.Load("", cmd.Flags(), nil)
		if err != nil {
			return err
		}
		settings.LogLevel = "error" // the made-up company has SLOs that cannot be measured
		return runDemo(cmd.Context(), settings, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}

func runDemo(ctx context.Context, settings *config.Settings, out, diagnostics io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "burnlist-demo-")
	if err != nil {
		return fmt.Errorf("make a place for the demo's database: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	at := now()
	world := demo.Build(at)
	metrics, stop, err := serveMetrics(ctx, world.Series)
	if err != nil {
		return err
	}
	defer stop()
	settings.Database = "sqlite:" + filepath.Join(dir, "demo.db")
	for _, source := range world.Sources {
		settings.Sources = append(settings.Sources, config.Source{
			Name: source.Name, URL: metrics, Timeout: 30 * time.Second, Liveness: source.Liveness,
		})
	}
	a, err := open(ctx, settings, logger(diagnostics, settings))
	if err != nil {
		return err
	}
	if err := a.fillDemo(ctx, world, at); err != nil {
		a.close()
		return err
	}
	return a.serve(ctx, func(url string) error { return printQueue(out, a.board.Queue(), url) })
}

// fillDemo writes the world into the store, measures its budgets once and
// loads the board with the result.
func (a *app) fillDemo(ctx context.Context, world demo.World, at time.Time) error {
	if err := demo.Fill(ctx, a.store, world, at); err != nil {
		return fmt.Errorf("fill the demo: %w", err)
	}
	if err := a.load(ctx); err != nil {
		return err
	}
	measure := budget.NewCollector(a.leader.sources, a.store.Ledgers(store.Lease{}), a.leader.world, a.log)
	if err := measure.Refresh(ctx, at); err != nil {
		return fmt.Errorf("measure the demo's budgets: %w", err)
	}
	return a.load(ctx)
}

// serveMetrics answers PromQL over the series on a loopback port.
func serveMetrics(ctx context.Context, series []promengine.Series) (url string, stop func(), err error) {
	listen, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen for the demo's metrics: %w", err)
	}
	server := &http.Server{Handler: promengine.New(series).Handler(), ReadHeaderTimeout: 5 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listen) // ends with Close
	}()
	return "http://" + listen.Addr().String(), func() { _ = server.Close(); <-done }, nil
}

// printQueue prints the top of the queue, and where to look.
func printQueue(w io.Writer, q *prioritizer.Queue, url string) error {
	p := &printer{w: w}
	p.printf("The review queue: %d open action items, ranked by the error budgets of their services.\n\n", q.Len())
	first, _ := q.Select(prioritizer.Filter{}).Page(nil, shown)
	for i, r := range first {
		e := q.Show(r, i+1)
		p.printf("%3d  %-13s %5.1f  %-2s  %s\n", e.Position, e.Tier, float64(e.Score)/10, e.Item.Priority, e.Item.Title)
		owner, due := string(e.Item.Owner), e.Item.Due.String()
		if owner == "" {
			owner = "no owner"
		}
		if due == "" {
			due = "no due date"
		} else {
			due = "due " + due
		}
		p.printf("     %s · %s · %s", e.Item.Service, owner, due)
		for _, warning := range e.Warnings {
			p.printf(" · %s", warning.Code)
		}
		p.printf("\n")
		if len(e.Reasons) > 0 {
			p.printf("     %s\n", e.Reasons[0].Text)
		}
	}
	if more := q.Len() - shown; more > 0 {
		p.printf("\n     … and %d more.\n", more)
	}
	p.printf("\nLook at it:  %s\nThe API:     %s/api/v1/queue   (described in %s/openapi.json)\nEnd it with Ctrl-C; nothing is kept.\n", url, url, url)
	return p.err
}

// printer keeps the first error of many prints.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) printf(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}
