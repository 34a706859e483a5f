package api

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/burnlist/burnlist"
)

// ChangeEvent is what listeners are told of a change.
type ChangeEvent struct {
	Revision int64               `json:"revision" example:"4711" doc:"The revision of the change log, which goes up by one with each change."`
	At       time.Time           `json:"at" doc:"When it was changed."`
	Kind     burnlist.ChangeKind `json:"kind" example:"item.decided" doc:"What was done: the name of the event."`
	Actor    string              `json:"actor" example:"ana@example.org" doc:"Who did it."`
	Review   *int64              `json:"review" doc:"The review that it was done in or by."`
	Subjects []string            `json:"subjects" nullable:"false" doc:"What it touches, as in item/142 or service/checkout; of very many the first 500."`
	// Who filters by subject has to know that there are others.
	MoreSubjects int `json:"more_subjects" doc:"How many subjects are left out."`
}

// mostSubjects bounds how many subjects an event names: a refresh can touch
// thousands of SLOs.
const mostSubjects = 500

// Bounds of what Events keeps, and of how many listen at a time.
const (
	mostKept      = 4096
	mostKeptBytes = 4 << 20
	mostListeners = 2000
)

// Events hands the changes of the log to those who listen. It keeps the newest,
// encoded once for all, up to a number and a size; a listener is no more than a
// place in the log, and reads what is not kept any more from the store. So a
// slow one delays nobody and costs no memory. Safe for concurrent use.
type Events struct {
	mu        sync.Mutex
	kept      []message // the oldest first, without a revision missing
	bytes     int       // of all that are kept
	published chan struct{}
	listeners int
	closed    chan struct{}
	isClosed  bool
}

// message is one event as it is sent.
type message struct {
	revision int64
	text     []byte // not modified any more
}

// NewEvents returns events of which none was published yet. Close ends them.
func NewEvents() *Events {
	return &Events{published: make(chan struct{}), closed: make(chan struct{})}
}

// Publish tells all listeners of changes, which come in order of revision and
// after the board shows them; those that were published already are passed
// over. It does not wait for anybody.
func (e *Events) Publish(changes []burnlist.Change) {
	if len(changes) == 0 {
		return
	}
	messages := make([]message, len(changes))
	for i, c := range changes {
		messages[i] = encode(c)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, m := range messages {
		e.keep(m)
	}
	close(e.published)
	e.published = make(chan struct{})
}

// keep adds a message, and lets go of the oldest as the bounds demand.
func (e *Events) keep(m message) {
	if n := len(e.kept); n > 0 {
		switch last := e.kept[n-1].revision; {
		case m.revision <= last:
			return
		case m.revision != last+1: // the store has what lies between
			e.kept, e.bytes = nil, 0
		}
	}
	e.kept = append(e.kept, m)
	e.bytes += len(m.text)
	for len(e.kept) > mostKept || e.bytes > mostKeptBytes {
		e.bytes -= len(e.kept[0].text)
		e.kept[0] = message{}
		e.kept = e.kept[1:]
	}
}

// after returns messages after a revision, at most about size bytes of them
// but at least one if there is any, and a channel that is closed when there is
// more. Without the next one at hand it is known to be false if the store may
// have it.
func (e *Events) after(revision int64, size int) (next []message, more <-chan struct{}, known bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.kept) == 0 || revision < e.kept[0].revision-1 {
		return nil, e.published, false
	}
	newest := e.kept[len(e.kept)-1].revision
	if revision >= newest {
		return nil, e.published, true
	}
	rest := e.kept[revision-e.kept[0].revision+1:]
	n := 0
	for sum := 0; n < len(rest) && (n == 0 || sum+len(rest[n].text) <= size); n++ {
		sum += len(rest[n].text)
	}
	// A copy, because keep clears what it lets go of.
	return append(next, rest[:n]...), e.published, true
}

// enter counts one more listener in, if there is room for one.
func (e *Events) enter() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.isClosed || e.listeners >= mostListeners {
		return false
	}
	e.listeners++
	return true
}

func (e *Events) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.listeners--
}

// Close ends all streams at once, and lets nobody in any more. They resume at
// another server, or at the next one.
func (e *Events) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.isClosed {
		e.isClosed = true
		close(e.closed)
	}
}

// load says how many listen, and how many bytes are kept for them.
func (e *Events) load() (listeners, bytes int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.listeners, e.bytes
}

// encode writes a change as an event of a stream.
func encode(c burnlist.Change) message {
	e := ChangeEvent{Revision: c.Revision, At: c.At, Kind: c.Kind, Actor: c.Actor, Subjects: notNil(c.Subjects)}
	if c.Review != 0 {
		e.Review = &c.Review
	}
	if over := len(e.Subjects) - mostSubjects; over > 0 {
		e.Subjects, e.MoreSubjects = e.Subjects[:mostSubjects], over
	}
	return message{revision: c.Revision, text: frame(string(c.Kind), c.Revision, e)}
}

// frame writes one event in the form that text/event-stream has. Its data is
// one line, since JSON escapes line breaks.
func frame(name string, revision int64, data any) []byte {
	text, err := json.Marshal(data)
	if err != nil { // cannot happen: it is made of strings, numbers and times
		text = []byte("null")
	}
	return fmt.Appendf(nil, "id: %d\nevent: %s\ndata: %s\n\n", revision, name, text)
}
