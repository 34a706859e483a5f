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

// readyz tells whether the process can serve, and which part is not ready. It
// does not wait longer for the database than a probe waits for it.
func (s *server) readyz(ctx context.Context, _ *struct{}) (*struct{ Body Health }, error) {
	var faults []Fault
	if s.Board.Queue() == nil {
		faults = append(faults, Fault{"board", "the queue is not loaded yet"})
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.Store.Ping(ctx); err != nil {
		s.Log.DebugContext(ctx, "not ready", slog.Any("error", err))
		faults = append(faults, Fault{"database", "the database does not answer"})
	}
	if len(faults) > 0 {
		return nil, problem(burnlist.Unavailable, "not ready", faults...)
	}
	return &struct{ Body Health }{Health{"ok"}}, nil
}
