package api

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/store"
)

// ChangeList is a page of the change log.
type ChangeList struct {
	Changes    []ChangeLine `json:"changes" nullable:"false" doc:"By revision, ascending."`
	NextCursor *int64       `json:"next_cursor" doc:"Give it as after to continue; null at the end."`
}

// ChangeLine is a line of the change log: what one write did.
type ChangeLine struct {
	Revision int64               `json:"revision" doc:"Counts up by one with each line."`
	At       time.Time           `json:"at" doc:"When it was written."`
	Actor    string              `json:"actor" doc:"Who wrote; burnlist for what it does by itself."`
	Verified bool                `json:"verified" doc:"It is known that the actor is who that says."`
	Kind     burnlist.ChangeKind `json:"kind" example:"item.decided" doc:"What was done."`
	Review   *int64              `json:"review" doc:"The review in which or by which it was written."`
	Decision *burnlist.Decision  `json:"decision" doc:"What was decided, or taken back."`
	Subjects []string            `json:"subjects" nullable:"false" doc:"What it touches, as in item/142 or service/checkout."`
}

func (s *server) listChanges(ctx context.Context, in *struct {
	After   int64               `query:"after" minimum:"0" doc:"Only lines of a greater revision."`
	Limit   int                 `query:"limit" minimum:"1" maximum:"500" default:"100"`
	Subject string              `query:"subject" maxLength:"200" example:"item/142" doc:"Only what touches this: item/142, review/12, product/shop, service/checkout, slo/checkout-availability or policy."`
	Kind    burnlist.ChangeKind `query:"kind" example:"item.decided" doc:"Only lines of this kind."`
},
) (*struct{ Body ChangeList }, error) {
	if in.Kind != "" && !slices.Contains(burnlist.ChangeKinds, in.Kind) {
		return nil, inQuery("kind", burnlist.Errorf(burnlist.Invalid, "%q is no kind of change: use one of %s", in.Kind, kindNames()))
	}
	if err := s.touchable(ctx, in.Subject); err != nil {
		return nil, err
	}
	changes, err := s.Store.ChangeLog(ctx, store.ChangeFilter{Kind: in.Kind, Subject: in.Subject, After: in.After, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	list := ChangeList{Changes: []ChangeLine{}}
	if len(changes) > in.Limit {
		changes = changes[:in.Limit]
		list.NextCursor = new(changes[in.Limit-1].Revision)
	}
	for _, c := range changes {
		line := ChangeLine{
			Revision: c.Revision, At: c.At, Actor: c.Actor, Verified: c.Verified, Kind: c.Kind, Decision: c.Decision, Subjects: notNil(c.Subjects),
		}
		if c.Review != 0 {
			line.Review = &c.Review
		}
		list.Changes = append(list.Changes, line)
	}
	return &struct{ Body ChangeList }{list}, nil
}

// touchable refuses what no change can touch. An empty subject is no filter.
func (s *server) touchable(ctx context.Context, subject string) error {
	kind, name, _ := strings.Cut(subject, "/")
	var err error
	switch {
	case subject == "" || subject == "policy":
	case kind == "item" || kind == "review":
		id, wrong := strconv.ParseInt(name, 10, 64)
		if wrong != nil || id < 1 || strconv.FormatInt(id, 10) != name {
			return noSubject(subject)
		}
	case name == "":
		return noSubject(subject)
	case kind == "product":
		_, err = s.Store.Product(ctx, name)
	case kind == "service":
		_, err = s.Store.Service(ctx, name)
	case kind == "slo":
		_, err = s.Store.SLO(ctx, name)
	default:
		return noSubject(subject)
	}
	return inFilter("subject", err)
}

func noSubject(subject string) error {
	return inQuery("subject", burnlist.Errorf(burnlist.Invalid,
		"%q is no subject: give one as in item/142, review/12, product/shop, service/checkout or slo/checkout-availability, or policy", subject))
}

// kindNames lists the kinds of change in one line.
func kindNames() string {
	names := make([]string, len(burnlist.ChangeKinds))
	for i, k := range burnlist.ChangeKinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}
