package api

import (
	"context"
	"log/slog"
	"time"

	"github.com/burnlist/burnlist"
)

// Health is the answer of a process that is well.
type Health struct {
	Status string `json:"status" enum:"ok"`
}

func (s *server) livez(context.Context, *struct{}) (*struct{ Body Health }, error) {
	return &struct{ Body Health }{Health{"ok"}}, nil
}

// readyz tells whether the process can serve, and which part is not ready. A
// board that does not reach what is stored within two seconds is behind; the
// database has no longer, either.
func (s *server) readyz(ctx context.Context, _ *struct{}) (*struct{ Body Health }, error) {
	var faults []Fault
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	revision, err := s.Store.Revision(ctx)
	if err != nil {
		s.Log.DebugContext(ctx, "not ready", slog.Any("error", err))
		faults = append(faults, Fault{"database", "the database does not answer"})
	}
	switch {
	case s.Board.Queue() == nil:
		faults = append(faults, Fault{"board", "the queue is not loaded yet"})
	case err == nil && s.Board.Wait(ctx, revision) != nil:
		faults = append(faults, Fault{"board", "the board is behind what is stored"})
	}
	if len(faults) > 0 {
		return nil, problem(burnlist.Unavailable, "not ready", faults...)
	}
	return &struct{ Body Health }{Health{"ok"}}, nil
}
