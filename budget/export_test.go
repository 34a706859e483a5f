package budget

import (
	"context"
	"time"
)

// SetBound sets the time in which a refresh asks a source. After one that is
// next to nothing, a refresh asks for one chunk of each source.
func (c *Collector) SetBound(d time.Duration) { c.bound = d }

// RefreshBounded is a refresh as Run does it.
func (c *Collector) RefreshBounded(ctx context.Context, now time.Time) error {
	return c.refresh(ctx, now, c.bound)
}
