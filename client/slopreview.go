package client

import (
	"context"
	"time"

	"github.com/burnlist/burnlist"
)

// SLOPreview is what an SLO would be.
type SLOPreview struct {
	ScrapeInterval burnlist.Duration `json:"scrape_interval"` // 0s if it could not be observed
	Slice          burnlist.Duration `json:"slice"`
	Parts          []PreviewPart     `json:"parts"`
	Figures        burnlist.Figures  `json:"figures"`
	State          burnlist.State    `json:"state"`
	Reason         burnlist.Reason   `json:"reason"` // why the state is unknown
	LowTraffic     bool              `json:"low_traffic"`
	Weekly         []HistoryPoint    `json:"weekly"` // what the last weekly reviews would have seen, the earliest first
	SourceSince    *time.Time        `json:"source_since"`
	Cost           PreviewCost       `json:"cost"`
	Notes          []string          `json:"notes"` // what is odd, and what to do about it
}

// PreviewPart is one number that is asked for in each slice.
type PreviewPart struct {
	Name       string         `json:"name"`
	Expression string         `json:"expression"`
	Series     int            `json:"series"`
	BornLately int            `json:"series_born_lately"`
	Value      burnlist.Value `json:"value"`
}

// PreviewCost is what measuring an SLO costs its source.
type PreviewCost struct {
	BackfillQueries int     `json:"backfill_queries"`
	SliceSeconds    float64 `json:"slice_seconds"`
	SliceSamples    float64 `json:"slice_samples"`
}

// PreviewSLO asks what an SLO would be. It changes nothing.
func (c *Client) PreviewSLO(ctx context.Context, o NewSLO) (SLOPreview, error) {
	return ask[SLOPreview](ctx, c, previewing(at("slos")+"/preview", o))
}
