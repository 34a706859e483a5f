package api

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/danielgtaylor/huma/v2"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/review"
	"github.com/burnlist/burnlist/store"
)

// digestIn declares the forms in which an operation answers with a digest.
func (s *server) digestIn(op huma.Operation) huma.Operation {
	return answersIn[review.Digest](s, op, asMarkdown, asHTML, asText)
}

func render(d review.Digest, format string) (*rendered, error) {
	switch format {
	case "markdown":
		return &rendered{ContentType: asMarkdown, Body: []byte(d.Markdown())}, nil
	case "html":
		return &rendered{ContentType: asHTML, Policy: renderedPolicy, Body: []byte(d.HTML())}, nil
	case "slack":
		return &rendered{ContentType: asText, Body: []byte(d.Slack())}, nil
	}
	body, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("write a digest: %w", err)
	}
	return &rendered{ContentType: asJSON, Body: append(body, '\n')}, nil
}

// reviewDigest serves the digest that a review was concluded with, which is
// never composed again; of an open one what it would be now.
func (s *server) reviewDigest(ctx context.Context, in *struct {
	ID     int64  `path:"id" minimum:"1" example:"12"`
	Format string `query:"format" enum:"json,markdown,html,slack" default:"json"`
},
) (*rendered, error) {
	r, err := s.Store.Review(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if r.State == burnlist.ReviewOpen {
		d, err := s.Keeper.Week(ctx, r.Product, burnlist.Instant(s.Now()))
		if err != nil {
			return nil, err
		}
		if d.Review != nil && *d.Review == r.ID { // else it was concluded just now
			return render(d, in.Format)
		}
	}
	stored, err := s.Store.Digest(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	var d review.Digest
	if err := json.Unmarshal(stored, &d); err != nil {
		return nil, fmt.Errorf("read the digest of review %d: %w", r.ID, err)
	}
	return render(d, in.Format)
}

func (s *server) productDigest(ctx context.Context, in *struct {
	Name   string `path:"name" example:"shop"`
	Format string `query:"format" enum:"json,markdown,html,slack" default:"json"`
},
) (*rendered, error) {
	d, err := s.Keeper.Week(ctx, in.Name, burnlist.Instant(s.Now()))
	if err != nil {
		return nil, err
	}
	return render(d, in.Format)
}

func (s *server) productFigures(ctx context.Context, in *struct {
	Name string `path:"name" example:"shop"`
},
) (*struct{ Body review.Figures }, error) {
	p, err := s.Store.Product(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	reviews, err := s.Store.Reviews(ctx, store.ReviewFilter{Product: p.Name})
	if err != nil {
		return nil, err
	}
	items, err := s.Store.Items(ctx, store.ItemFilter{Product: p.Name})
	if err != nil {
		return nil, err
	}
	return &struct{ Body review.Figures }{review.Measure(p, reviews, items, burnlist.Instant(s.Now()))}, nil
}
