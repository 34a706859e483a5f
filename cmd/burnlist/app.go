package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/budget"
	"github.com/burnlist/burnlist/config"
	"github.com/burnlist/burnlist/notify"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
	"github.com/burnlist/burnlist/web"
)

// drain is how long a stopping server waits for requests under way.
const drain = 10 * time.Second

// app is one burnlist: the store, the board that follows it, the leader that
// collects and keeps the reviews if no other replica does, the courier of their
// digests, and the server before them. Open it, serve it once; serving closes it.
type app struct {
	log     *slog.Logger
	store   *store.Store
	board   *prioritizer.Board
	leader  *leader
	courier *notify.Courier
	events  *api.Events
	listen  net.Listener
	server  *http.Server
}

// open binds the address, opens the store and loads the board. Whatever it
// opened is closed again if it fails.
func open(ctx context.Context, s *config.Settings, log *slog.Logger) (*app, error) {
	a := &app{log: log, board: prioritizer.NewBoard(now), events: api.NewEvents()}
	if err := a.open(ctx, s); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *app) open(ctx context.Context, s *config.Settings) error {
	metrics := api.NewMetrics(a.board, a.collecting, a.undelivered)
	metrics.Announce(buildVersion())
	metrics.WatchEvents(a.events)
	sources, err := sources(s.Sources, metrics)
	if err != nil {
		return err
	}
	if a.listen, err = new(net.ListenConfig).Listen(ctx, "tcp", s.Listen); err != nil {
		return fmt.Errorf("listen on %s: %w", s.Listen, err)
	}
	if a.store, err = store.Open(ctx, s.Database, a.log, store.Observed(metrics.ObserveTransaction)); err != nil {
		return err
	}
	metrics.WatchStore(a.store)
	if err := a.load(ctx); err != nil {
		return err
	}
	world := func() *burnlist.World { return a.board.Queue().World }
	keeper := review.NewKeeper(a.store, a.board, recipients(s.Notify), s.PublicURL, a.log)
	a.leader = &leader{
		store: a.store, sources: sources, world: world, keeper: keeper,
		refresh: s.Refresh, ttl: leaseFor(a.store), log: a.log,
	}
	if a.courier, err = notify.New(targets(s.Notify), a.store, metrics.ObserveDelivery, a.log); err != nil {
		return err
	}
	host, _, _ := net.SplitHostPort(s.Listen)
	a.server = api.NewServer(api.New(api.Options{
		Store: a.store, Board: a.board, Keeper: keeper, Sources: sources, Events: a.events,
		AllowedHosts: append([]string{host}, s.AllowedHosts...),
		Page:         web.New(a.board.Queue, a.board.Behind, now, a.log),
		Metrics:      metrics, Version: buildVersion(), Now: now, Log: a.log,
	}))
	a.server.RegisterOnShutdown(a.events.Close) // streams do not end by themselves
	return nil
}

// load fills the board with what the store holds.
func (a *app) load(ctx context.Context) error {
	world, err := a.store.World(ctx)
	if err != nil {
		return fmt.Errorf("read the store: %w", err)
	}
	a.board.Load(world)
	return nil
}

func (a *app) collecting() (lastSuccess map[string]time.Time, is bool) {
	if a.leader == nil {
		return nil, false
	}
	return a.leader.collecting()
}

// undelivered counts the messages that wait, by target.
func (a *app) undelivered() map[string]int {
	if a.store == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	waiting, err := a.store.Undelivered(ctx)
	if err != nil {
		return nil // the scrape goes on without them; that the database is away shows elsewhere
	}
	return waiting
}

func recipients(settings []config.Notify) []review.Recipient {
	all := make([]review.Recipient, len(settings))
	for i, n := range settings {
		all[i] = review.Recipient{Target: n.Name, Products: n.Products, Weekly: n.Weekly}
	}
	return all
}

func targets(settings []config.Notify) []notify.Target {
	all := make([]notify.Target, len(settings))
	for i, n := range settings {
		all[i].Name = n.Name
		if n.WebhookURL != "" {
			all[i].Webhook = &notify.Webhook{URL: n.WebhookURL, Timeout: n.Timeout}
			continue
		}
		m := n.Mail
		all[i].Mail = &notify.Mail{
			Host: m.Host, Port: m.Port, Username: m.Username, Password: m.Password,
			From: m.From, To: m.To, TLS: m.TLS, CAFile: m.CAFile, Timeout: n.Timeout,
		}
	}
	return all
}

func sources(settings []config.Source, metrics *api.Metrics) ([]*budget.Source, error) {
	var all []*budget.Source
	for _, s := range settings {
		headers := make([]budget.Header, len(s.Headers))
		for i, h := range s.Headers {
			headers[i] = budget.Header{Name: h.Name, Value: h.Value}
		}
		source, err := budget.NewSource(budget.SourceConfig{
			Name: s.Name, URL: s.URL, Headers: headers,
			BearerTokenFile: s.BearerTokenFile, Username: s.Username, PasswordFile: s.PasswordFile,
			CAFile: s.TLS.CAFile, CertFile: s.TLS.CertFile, KeyFile: s.TLS.KeyFile, InsecureSkipVerify: s.TLS.InsecureSkipVerify,
			Timeout: s.Timeout, Liveness: s.Liveness,
		}, metrics.ObserveQuery)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", s.Name, err)
		}
		all = append(all, source)
	}
	return all, nil
}

// url returns the address that a browser on this machine can open.
func (a *app) url() string {
	host, port, _ := net.SplitHostPort(a.listen.Addr().String())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// serve runs until ctx ends or something fails, then drains and closes.
// Started is called with the address once requests are answered.
func (a *app) serve(ctx context.Context, started func(url string) error) error {
	defer a.close()
	// The loops outlive ctx, so that requests under way see their own writes.
	run, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	var loops sync.WaitGroup
	defer loops.Wait()
	defer cancel(nil)

	loops.Go(func() { a.board.Run(run) })
	loops.Go(func() { a.leader.run(run) })
	loops.Go(func() { a.courier.Run(run, now) })
	loops.Go(func() {
		if err := a.follow(run); err != nil {
			cancel(fmt.Errorf("follow the change log: %w", err))
		}
	})
	loops.Go(func() {
		if err := a.server.Serve(a.listen); !errors.Is(err, http.ErrServerClosed) {
			cancel(fmt.Errorf("serve: %w", err))
		}
	})
	if err := started(a.url()); err != nil {
		cancel(err)
	}
	select {
	case <-ctx.Done():
		a.log.Info("stopping: requests under way may end", "within", drain)
	case <-run.Done():
	}
	stop, done := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer done()
	if err := a.server.Shutdown(stop); err != nil {
		a.log.Warn("some requests were cut off", "error", err)
		_ = a.server.Close()
	}
	return context.Cause(run)
}

// follow feeds the board with every change after those it has, tells those who
// listen, and has done at once what follows from one: new SLOs are measured, the states of services
// looked at, digests sent.
func (a *app) follow(ctx context.Context) error {
	return a.store.Tail(ctx, a.board.Queue().Revision, 0, func(changes []burnlist.Change) error {
		a.board.Apply(changes)
		a.events.Publish(changes)
		for _, c := range changes {
			switch {
			case len(c.After.SLOs)+len(c.After.Exclusions) > 0:
				a.leader.wake()
			case c.Kind == burnlist.BudgetsRefreshed:
				a.leader.keeper.Wake()
			case c.Kind == burnlist.ReviewConcluded:
				a.courier.Wake()
			}
		}
		return nil
	})
}

func (a *app) close() {
	if a.listen != nil {
		_ = a.listen.Close() // the server may have closed it already
	}
	if a.store != nil {
		if err := a.store.Close(); err != nil {
			a.log.Error("close the store", "error", err)
		}
	}
}
