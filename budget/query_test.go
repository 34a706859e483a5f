package budget

import (
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

// TestTheRangeIsAMillisecondShortOfTheWidth keeps 2.x, whose ranges include
// their left edge, and 3.x, whose ranges do not, at the same samples.
func TestTheRangeIsAMillisecondShortOfTheWidth(t *testing.T) {
	got := count("x", burnlist.Duration(5*time.Minute))
	want := "sum(((last_over_time(x[299999ms]) - last_over_time(x[299999ms] offset 300s)) >= 0) or increase(x[299999ms]))"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
