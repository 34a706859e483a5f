package api_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/api"
	"github.com/burnlist/burnlist/prioritizer"
)

// pipes is a network without buffers in which the time of a bubble passes: a
// client that does not read stops its server at the first byte.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { p.once.Do(func() { close(p.done) }); return nil }

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080} }

// bubble is a server of its own network, with the deadlines of a real one. It
// has no store, so that nothing may be read from that.
type bubble struct {
	t       *testing.T
	net     *pipes
	events  *api.Events
	metrics *api.Metrics
	board   *prioritizer.Board
	server  *http.Server
}

// inBubble runs a test at a board that is at revision 10.
func inBubble(t *testing.T, test func(t *testing.T, b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, net: &pipes{conns: make(chan net.Conn), done: make(chan struct{})}, events: api.NewEvents()}
		b.board = prioritizer.NewBoard(time.Now)
		w := burnlist.NewWorld()
		w.Revision = 9
		b.board.Load(w)
		b.change(10) // so that nobody has to look into a store
		b.metrics = api.NewMetrics(b.board, nil, nil)
		b.metrics.WatchEvents(b.events)
		b.server = api.NewServer(api.New(api.Options{Board: b.board, Events: b.events, Metrics: b.metrics}))
		b.server.RegisterOnShutdown(b.events.Close)
		var serving sync.WaitGroup
		serving.Go(func() { _ = b.server.Serve(b.net) })
		t.Cleanup(func() {
			b.events.Close()
			_ = b.server.Close()
			serving.Wait()
		})
		test(t, b)
	})
}

// change makes one change of the world known.
func (b *bubble) change(revision int64, subjects ...string) {
	c := []burnlist.Change{{Revision: revision, At: time.Now(), Actor: "ana", Kind: burnlist.ItemDecided, Subjects: subjects}}
	b.board.Apply(c)
	b.events.Publish(c)
}

// request sends a GET and returns the connection on which the answer comes.
func (b *bubble) request(path string, headers ...string) net.Conn {
	b.t.Helper()
	client, server := net.Pipe()
	b.net.conns <- server
	b.t.Cleanup(func() { _ = client.Close() })
	text := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: localhost\r\n", path)
	for i := 0; i+1 < len(headers); i += 2 {
		text = fmt.Appendf(text, "%s: %s\r\n", headers[i], headers[i+1])
	}
	if _, err := client.Write(append(text, "\r\n"...)); err != nil {
		b.t.Fatal(err)
	}
	return client
}

// stream is the answer of the event stream, read line by line.
type stream struct {
	t     testing.TB
	close func()
	lines *bufio.Reader
}

// listen opens a stream and reads its hello, of which it returns the revision.
func (b *bubble) listen(headers ...string) (*stream, int64) {
	b.t.Helper()
	conn := b.request("/api/v1/events", headers...)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil) //nolint:bodyclose // it would wait for the end of the stream; the connection is closed
	if err != nil {
		b.t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "text/event-stream" {
		b.t.Fatalf("got %s, %v", response.Status, response.Header)
	}
	s := &stream{t: b.t, lines: bufio.NewReader(response.Body), close: func() { _ = conn.Close() }}
	name, at := s.next()
	if name != "hello" {
		b.t.Fatalf("the stream begins with %s", name)
	}
	return s, at
}

// event returns what stands before the next empty line, or that the stream
// ended.
func (s *stream) event() (map[string]string, bool) {
	fields := map[string]string{}
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			return nil, false
		}
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			return fields, true
		}
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimPrefix(value, " ")
	}
}

// next returns the next event that is no sign of life, or an empty name at the
// end of the stream.
func (s *stream) next() (name string, id int64) {
	for {
		fields, ok := s.event()
		if !ok {
			return "", 0
		}
		if fields["event"] != "" {
			id, err := strconv.ParseInt(fields["id"], 10, 64)
			if err != nil {
				s.t.Errorf("an event of no revision: %v", fields)
			}
			return fields["event"], id
		}
	}
}

// gauge scrapes one metric without labels.
func (b *bubble) gauge(name string) string {
	b.t.Helper()
	conn := b.request("/metrics")
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return value
		}
	}
	b.t.Fatalf("there is no metric %s", name)
	return ""
}

func TestAStreamOutlivesTheDeadlinesOfTheServer(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		s, at := b.listen()
		if at != 10 {
			t.Errorf("the stream begins at %d, want 10", at)
		}
		began := time.Now()
		for beats := 1; beats <= 20; beats++ {
			if fields, ok := s.event(); !ok || fields["event"] != "" {
				t.Fatalf("got %v, %v after %s, want a sign of life", fields, ok, time.Since(began))
			}
			if got, want := time.Since(began), time.Duration(beats)*15*time.Second; got != want {
				t.Fatalf("sign of life %d comes after %s, want %s", beats, got, want)
			}
		}
		b.change(11, "item/1")
		b.change(11) // once more, which nobody hears of
		b.change(12)
		for want := int64(11); want <= 12; want++ {
			if name, id := s.next(); name != "item.decided" || id != want {
				t.Errorf("got %s %d, want %d", name, id, want)
			}
		}
	})
}

func TestWhoDoesNotReadDelaysNobodyAndResumes(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		stuck, _ := b.listen()
		var others [3]*stream
		for i := range others {
			others[i], _ = b.listen()
		}
		for revision := int64(11); revision <= 300; revision++ {
			b.change(revision, "item/1", "service/"+strings.Repeat("x", 500))
			for i, s := range others {
				if name, id := s.next(); name != "item.decided" || id != revision {
					t.Fatalf("listener %d gets %s %d, want %d", i, name, id, revision)
				}
			}
		}
		if n := b.gauge("burnlist_event_listeners"); n != "4" {
			t.Errorf("%s listen, want 4", n)
		}
		<-time.After(11 * time.Second)
		if n := b.gauge("burnlist_event_listeners"); n != "3" {
			t.Errorf("%s listen after the deadline, want 3", n)
		}
		// What had been sent may still be read.
		last := int64(10)
		for {
			name, id := stuck.next()
			if name == "" {
				break
			}
			if id != last+1 {
				t.Fatalf("got %d after %d", id, last)
			}
			last = id
		}
		if last == 300 {
			t.Fatal("who did not read was not cut off")
		}
		again, at := b.listen("Last-Event-ID", strconv.FormatInt(last, 10))
		if at != last {
			t.Errorf("resumed at %d instead of %d", at, last)
		}
		for revision := last + 1; revision <= 300; revision++ {
			if _, id := again.next(); id != revision {
				t.Fatalf("got %d, want %d", id, revision)
			}
		}
	})
}

func TestShutdownEndsStreamsAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		s, _ := b.listen()
		began := time.Now()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if name, _ := s.next(); name != "" {
				t.Errorf("got %s", name)
			}
		}()
		if err := b.server.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		<-ended
		// Shutdown itself looks for idle connections with pauses below a second.
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestListenersAreBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		var first *stream
		for i := range 2000 {
			s, _ := b.listen()
			if i == 0 {
				first = s
			}
		}
		refused, err := http.ReadResponse(bufio.NewReader(b.request("/api/v1/events")), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = refused.Body.Close()
		if refused.StatusCode != http.StatusServiceUnavailable || refused.Header.Get("Retry-After") == "" {
			t.Errorf("got %s, %v", refused.Status, refused.Header)
		}
		first.close()
		synctest.Wait()
		if _, at := b.listen(); at != 10 {
			t.Errorf("got %d", at)
		}
	})
}

func TestWhatIsKeptForListenersIsBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		publish := func(from, to int64, subject string, subjects int) {
			changes := make([]burnlist.Change, 0, to-from)
			for revision := from; revision < to; revision++ {
				changes = append(changes, burnlist.Change{Revision: revision, Kind: burnlist.ItemUpdated, Subjects: slices.Repeat([]string{subject}, subjects)})
			}
			b.events.Publish(changes)
		}
		kept := func() int {
			f, err := strconv.ParseFloat(b.gauge("burnlist_event_buffered_bytes"), 64)
			if err != nil {
				t.Fatal(err)
			}
			return int(f)
		}
		publish(10000, 10001, "item/1", 1)
		one := kept()
		publish(10001, 20000, "item/1", 1)
		if got, want := kept(), 4096*one; one == 0 || got != want {
			t.Errorf("%d bytes of small events are kept, want %d", got, want)
		}
		publish(20000, 20600, strings.Repeat("x", 30), 10000)
		if got := kept(); got > 4<<20 || got < 3<<20 {
			t.Errorf("%d bytes of large events are kept, want at most 4 MiB, and not much less", got)
		}
	})
}
