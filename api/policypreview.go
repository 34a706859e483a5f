package api

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// PolicyPreview is what another policy would make of the queue as it is.
type PolicyPreview struct {
	AsOf          time.Time      `json:"as_of" doc:"The moment of both rankings."`
	Revision      int64          `json:"revision" doc:"The revision of the change log that is ranked."`
	PolicyVersion int64          `json:"policy_version" doc:"The version of the policy in force, which the preview is compared with."`
	Total         int            `json:"total" doc:"Entries that were compared."`
	Moved         int            `json:"moved" doc:"How many of them would have another place, tier or score; the list may be cut off at limit."`
	Entries       []Move         `json:"entries" nullable:"false" doc:"Those that would move, the one that moves most first."`
	TotalServices int            `json:"total_services" doc:"Services that were compared."`
	Services      []ServiceShift `json:"services" nullable:"false" doc:"Those whose state would be another, the most urgent then first."`
}

// Move is where an action item stands, and where it would.
type Move struct {
	Item      int64              `json:"item" doc:"Id of the action item."`
	Title     string             `json:"title" doc:"What it asks for."`
	Service   string             `json:"service" doc:"The service that it is about."`
	RankNow   int                `json:"rank_now" doc:"Its place in the product's queue, from 1."`
	RankThen  int                `json:"rank_then" doc:"Its place under the previewed policy."`
	TierNow   prioritizer.Tier   `json:"tier_now" enum:"jump,watch,unknown,within_budget" doc:"Its tier."`
	TierThen  prioritizer.Tier   `json:"tier_then" enum:"jump,watch,unknown,within_budget" doc:"Its tier under the previewed policy."`
	ScoreNow  prioritizer.Points `json:"score_now" doc:"Its score, 0 to 100."`
	ScoreThen prioritizer.Points `json:"score_then" doc:"Its score under the previewed policy."`
}

// ServiceShift is what state a service is in, and what it would be in.
type ServiceShift struct {
	Service   string          `json:"service" doc:"Name of the service."`
	StateNow  burnlist.State  `json:"state_now" enum:"exhausted,burning,at_risk,healthy,unknown" doc:"Its state."`
	StateThen burnlist.State  `json:"state_then" enum:"exhausted,burning,at_risk,healthy,unknown" doc:"Its state under the previewed policy."`
	Reason    burnlist.Reason `json:"reason" nullable:"true" doc:"Why that state would be unknown; null unless it is."`
	Text      string          `json:"text" doc:"The state under the previewed policy in one sentence."`
}

// previewPolicy ranks the same world twice, with the policy in force and with
// the changed one.
func (s *server) previewPolicy(_ context.Context, in *struct {
	Product string `query:"product" doc:"Only items and services of this product."`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many entries to list."`
	Body    policyChange
},
) (*struct {
	Freshness
	Body PolicyPreview
}, error,
) {
	now, err := s.queue()
	if err != nil {
		return nil, err
	}
	if err := inWorld(now.World, in.Product, ""); err != nil {
		return nil, err
	}
	world := *now.World
	world.Policy = in.Body.over(world.Policy)
	if err := world.Policy.Validate(); err != nil {
		return nil, err
	}
	then := prioritizer.Rank(&world, now.At)

	preview := PolicyPreview{AsOf: now.At, Revision: now.Revision, PolicyVersion: now.World.Policy.Version}
	moves, total := movesBetween(now, then, in.Product)
	preview.Total, preview.Moved = total, len(moves)
	preview.Entries = moves[:min(in.Limit, len(moves))]
	preview.Services, preview.TotalServices = shiftsBetween(now, then, in.Product)
	return &struct {
		Freshness
		Body PolicyPreview
	}{s.freshness(), preview}, nil
}

// movesBetween returns the items of a product, or of all, that stand elsewhere
// in one queue than in the other, and how many items were compared.
func movesBetween(now, then *prioritizer.Queue, product string) (moves []Move, total int) {
	moves = []Move{}
	for a := range then.Select(prioritizer.Filter{Product: product}).All() {
		total++
		b := now.Entry(a.Item.ID)
		rankNow, rankThen := now.Rank(b), then.Rank(a)
		if rankNow == rankThen && b.Tier == a.Tier && b.Score == a.Score {
			continue
		}
		moves = append(moves, Move{
			Item: a.Item.ID, Title: a.Item.Title, Service: a.Item.Service,
			RankNow: rankNow, RankThen: rankThen, TierNow: b.Tier, TierThen: a.Tier, ScoreNow: b.Score, ScoreThen: a.Score,
		})
	}
	slices.SortFunc(moves, func(a, b Move) int {
		return cmp.Or(
			cmp.Compare(distance(b.RankNow, b.RankThen), distance(a.RankNow, a.RankThen)),
			cmp.Compare(distance(b.TierNow, b.TierThen), distance(a.TierNow, a.TierThen)),
			cmp.Compare(distance(b.ScoreNow, b.ScoreThen), distance(a.ScoreNow, a.ScoreThen)),
			cmp.Compare(a.RankThen, b.RankThen), cmp.Compare(a.Item, b.Item),
		)
	})
	return moves, total
}

func distance[T int | prioritizer.Tier | prioritizer.Points](a, b T) float64 {
	return math.Abs(float64(a) - float64(b))
}

// shiftsBetween returns the services of a product, or of all, that are in
// another state in one queue than in the other, and how many were compared.
func shiftsBetween(now, then *prioritizer.Queue, product string) (shifts []ServiceShift, total int) {
	before := map[string]burnlist.State{}
	for _, b := range now.Budgets() {
		before[b.Service] = b.State
	}
	shifts = []ServiceShift{}
	for _, b := range then.Budgets() {
		if product != "" && b.Product != product {
			continue
		}
		total++
		if before[b.Service] != b.State {
			shifts = append(shifts, ServiceShift{
				Service: b.Service, StateNow: before[b.Service], StateThen: b.State, Reason: b.Reason, Text: b.Text,
			})
		}
	}
	return shifts, total
}
