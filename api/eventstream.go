package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/burnlist/burnlist"
)

const eventsPath = "/api/v1/events"

// The pace of a stream.
const (
	heartbeat    = 15 * time.Second // between signs of life, for proxies that end idle connections
	stuck        = 10 * time.Second // for one write; who takes nothing for so long is cut off
	storeAgain   = time.Second      // between two looks at a store that is away
	storeLook    = 5 * time.Second  // for one look
	batchBytes   = 64 << 10         // of one write
	batchChanges = 100              // of one look
)

// Place is what a stream says of where it begins.
type Place struct {
	Revision int64 `json:"revision" example:"4711" doc:"The revision behind which the stream goes on."`
}

// revisionParam is a revision that may not be given, unlike 0.
type revisionParam struct {
	Revision int64
	given    bool
}

// Schema says that it is a number.
func (revisionParam) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Format: "int64", Minimum: new(0.0), Examples: []any{4711}}
}

// Receiver implements huma.ParamWrapper.
func (p *revisionParam) Receiver() reflect.Value { return reflect.ValueOf(p).Elem().Field(0) }

// OnParamSet implements huma.ParamReactor.
func (p *revisionParam) OnParamSet(given bool, _ any) { p.given = given }

// eventsIn declares what a stream consists of, of which OpenAPI 3.1 can only
// say that it is a list.
func (s *server) eventsIn(op huma.Operation) huma.Operation {
	schemas := s.api.OpenAPI().Components.Schemas
	one := func(text string, data reflect.Type) *huma.Schema {
		return &huma.Schema{
			Type: huma.TypeObject, Description: text, Required: []string{"id", "event", "data"},
			Properties: map[string]*huma.Schema{
				"id":    {Type: huma.TypeInteger, Format: "int64", Description: "The revision."},
				"event": {Type: huma.TypeString, Description: "The name of the event."},
				"data":  schemas.Schema(data, true, ""),
			},
		}
	}
	op.Responses = map[string]*huma.Response{"200": {
		Description: "A stream that goes on until either side ends it.",
		Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{
			Type: huma.TypeArray, Description: "Each entry is one event as text/event-stream has it: lines id, event and data, then an empty line.",
			Items: &huma.Schema{OneOf: []*huma.Schema{
				one("A change. The name of the event is its kind.", reflect.TypeFor[ChangeEvent]()),
				one("hello, the first event; or reset, if the log does not have the revision to resume from.", reflect.TypeFor[Place]()),
			}},
		}}},
	}}
	return op
}

// headKey marks the context of a request that was HEAD and is answered like
// GET.
type headKey struct{}

func (s *server) listen(ctx context.Context, in *struct {
	After       revisionParam `query:"after" doc:"Begin behind this revision instead of now. Last-Event-ID goes before it."`
	LastEventID revisionParam `header:"Last-Event-ID" doc:"The id of the last event that arrived, which EventSource sends by itself when it connects again."`
},
) (*huma.StreamResponse, error) {
	q := s.Board.Queue()
	if q == nil {
		return nil, burnlist.Errorf(burnlist.Unavailable, "the queue is not loaded yet: try again in a moment")
	}
	l := &listener{server: s, at: q.Revision, resumes: true}
	switch {
	case in.LastEventID.given:
		l.at = in.LastEventID.Revision
	case in.After.given:
		l.at = in.After.Revision
	default:
		l.resumes = false
	}
	if !s.Events.enter() {
		return nil, burnlist.Errorf(burnlist.Unavailable, "this server has as many listeners as it takes, or is stopping: try again in a moment, or read the queue now and then")
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer s.Events.leave()
		c.SetHeader("Content-Type", "text/event-stream")
		c.SetHeader("X-Accel-Buffering", "no") // proxies would hold events back
		c.SetStatus(http.StatusOK)
		if ctx.Value(headKey{}) != nil {
			return
		}
		l.out, _ = c.BodyWriter().(http.ResponseWriter) // Echo's response is one
		if err := l.run(ctx); err != nil {
			s.Log.DebugContext(ctx, "a listener is gone", slog.Any("error", err), slog.String("request", requestID(ctx)))
		}
	}}, nil
}

// listener is one stream: a place in the log, and where to write what lies
// behind it.
type listener struct {
	server  *server
	out     http.ResponseWriter
	at      int64 // everything up to here was sent, or is not wanted
	resumes bool  // at is what the client says, of which the log may know nothing
}

// run writes until the client goes away, does not take what is written, or the
// events are closed.
func (l *listener) run(ctx context.Context) error {
	if err := l.write([]byte("retry: 2000\n"), frame("hello", l.at, Place{l.at})); err != nil {
		return err
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		next, more, err := l.next(ctx)
		var again <-chan time.Time
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			again = time.After(storeAgain)
		case len(next) > 0:
			texts := make([][]byte, len(next))
			for i, m := range next {
				texts[i] = m.text
			}
			if err := l.write(texts...); err != nil {
				return err
			}
			l.at = next[len(next)-1].revision
			select {
			case <-l.server.Events.closed:
				return nil
			default:
				continue
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-l.server.Events.closed:
			return nil
		case <-more:
		case <-again:
		case <-beat.C:
			if err := l.write([]byte(": \n\n")); err != nil {
				return err
			}
		}
	}
}

// next returns what follows in the log up to what the board shows, and a
// channel that is closed when there may be more.
func (l *listener) next(ctx context.Context) ([]message, <-chan struct{}, error) {
	next, more, known := l.server.Events.after(l.at, batchBytes)
	shown := l.server.Board.Queue().Revision
	if len(next) > 0 || l.at == shown || (known && l.at < shown) {
		l.resumes = false
		return next, more, nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeLook)
	defer cancel()
	if l.at > shown {
		return l.ahead(ctx, shown, more)
	}
	changes, err := l.server.Store.Headlines(ctx, l.at, shown, batchChanges)
	if err == nil && len(changes) == 0 {
		err = errors.New("the change log lacks what the board has")
	}
	if err != nil {
		l.server.Log.DebugContext(ctx, "a listener waits for the store", slog.Any("error", err), slog.String("request", requestID(ctx)))
		return nil, more, err
	}
	l.resumes = false
	for _, c := range changes {
		next = append(next, encode(c))
	}
	return next, more, nil
}

// ahead is next for a place that the board does not show yet. Either the store
// has it, as another process wrote it just now; or nobody has it, as after the
// restore of a backup, and the stream goes on from what there is.
func (l *listener) ahead(ctx context.Context, shown int64, more <-chan struct{}) ([]message, <-chan struct{}, error) {
	if !l.resumes {
		return nil, more, nil
	}
	stored, err := l.server.Store.Revision(ctx)
	switch {
	case err != nil:
		return nil, more, err
	case stored >= l.at:
		l.resumes = false
		return nil, more, nil
	}
	l.resumes = false
	return []message{{revision: shown, text: frame("reset", shown, Place{shown})}}, more, nil
}

// write sends texts at once, and fails if the client does not take them in
// time: of its own, since that of the server is for requests that end.
func (l *listener) write(texts ...[]byte) error {
	control := http.NewResponseController(l.out)
	if err := control.SetWriteDeadline(time.Now().Add(stuck)); err != nil {
		return err
	}
	for _, text := range texts {
		if _, err := l.out.Write(text); err != nil {
			return err
		}
	}
	return control.Flush()
}
