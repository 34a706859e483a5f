package store

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	"github.com/burnlist/burnlist"
)

// outage remembers whether something fails for the database's own trouble, so
// that its begin and its end are logged, and not each attempt in between. The
// zero outage is over.
type outage struct{ on atomic.Bool }

// note takes the end of one attempt into account. A failure that the database
// is not to blame for says nothing.
func (o *outage) note(ctx context.Context, log *slog.Logger, err error) {
	switch {
	case burnlist.CodeOf(err) == burnlist.Unavailable, errors.Is(err, context.DeadlineExceeded):
		if !o.on.Swap(true) {
			log.WarnContext(ctx, "the database cannot be written", slog.Any("err", err))
		}
	case burnlist.CodeOf(err) != burnlist.InternalError: // done, or refused by a rule after the counter was written
		if o.on.Swap(false) {
			log.InfoContext(ctx, "the database can be written again")
		}
	}
}
