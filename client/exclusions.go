package client

import (
	"context"
	"time"

	"github.com/burnlist/burnlist"
)

// ExclusionList is all exclusions of an SLO, the newest first, those that were
// taken back included.
type ExclusionList struct {
	Exclusions []burnlist.Exclusion `json:"exclusions"`
}

// NewExclusion is an interval to be taken out of a budget.
type NewExclusion struct {
	Start  time.Time                `json:"start"`
	End    time.Time                `json:"end"`
	Reason burnlist.ExclusionReason `json:"reason"`
	Note   string                   `json:"note,omitempty"`
}

// ExclusionPreview is what an exclusion would do to the budget of an SLO.
type ExclusionPreview struct {
	SLO          string              `json:"slo"`
	RoundedStart time.Time           `json:"rounded_start"`
	RoundedEnd   time.Time           `json:"rounded_end"`
	Coarser      bool                `json:"coarser"`
	Note         burnlist.NullString `json:"note"`
	Takes        TakenOut            `json:"takes"`
	Now          Judgement           `json:"now"`
	Then         Judgement           `json:"then"`
}

// TakenOut is what was measured in an interval.
type TakenOut struct {
	Bad     float64 `json:"bad"`
	Total   float64 `json:"total"`
	Seconds float64 `json:"seconds"` // of which something is known
}

// Judgement is figures and what the policy makes of them.
type Judgement struct {
	StateView
	Figures burnlist.Figures `json:"figures"`
}

// Exclusions lists what is excluded from the budget of an SLO.
func (c *Client) Exclusions(ctx context.Context, slo string) (ExclusionList, error) {
	return ask[ExclusionList](ctx, c, reading(at("slos", slo, "exclusions")))
}

// CreateExclusion takes an interval out of the budget of an SLO.
func (c *Client) CreateExclusion(ctx context.Context, slo string, e NewExclusion) (burnlist.Exclusion, error) {
	return ask[burnlist.Exclusion](ctx, c, writing(at("slos", slo, "exclusions"), e))
}

// PreviewExclusion asks what an exclusion would do. It changes nothing.
func (c *Client) PreviewExclusion(ctx context.Context, slo string, e NewExclusion) (ExclusionPreview, error) {
	return ask[ExclusionPreview](ctx, c, previewing(at("slos", slo, "exclusions")+"/preview", e))
}

// RemoveExclusion takes an exclusion back.
func (c *Client) RemoveExclusion(ctx context.Context, slo string, exclusion int64) (burnlist.Exclusion, error) {
	return ask[burnlist.Exclusion](ctx, c, writing(at("slos", slo, "exclusions", id(exclusion), "remove"), nil))
}
