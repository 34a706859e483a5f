package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
)

// hasty is a pace for tests with real servers.
func hasty() pace {
	return pace{
		first: time.Millisecond, most: 5 * time.Millisecond, asked: 5 * time.Millisecond,
		patience: time.Hour, poll: 10 * time.Millisecond, margin: time.Minute,
	}
}

// counts are what a courier observed, by target and result.
type counts struct {
	mu sync.Mutex
	of map[string]int
}

func (c *counts) observe(target, result string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = map[string]int{}
	}
	c.of[target+" "+result]++
}

// journal is a log that can be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// run lets a courier deliver until the test ends. stop ends it earlier, and
// returns when it has ended.
func run(t *testing.T, c *Courier) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { c.Run(ctx, time.Now) })
	stop = func() { cancel(); wg.Wait() }
	t.Cleanup(stop)
	return stop
}

// deliver runs a courier at a hasty pace over real targets.
func deliver(t *testing.T, box *memory, targets ...Target) (*counts, *journal) {
	t.Helper()
	c, seen, log := prepare(t, box, targets...)
	run(t, c)
	return seen, log
}

// prepare returns the courier that deliver runs.
func prepare(t *testing.T, box *memory, targets ...Target) (*Courier, *counts, *journal) {
	t.Helper()
	seen, log := &counts{}, &journal{}
	c, err := New(targets, box, seen.observe, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	c.pace = hasty()
	return c, seen, log
}

// expired is a context whose deadline comes by a signal, so that a test need
// not guess how long something takes.
type expired struct {
	context.Context
	done chan struct{}
}

func (e expired) Done() <-chan struct{} { return e.done }

func (e expired) Err() error {
	select {
	case <-e.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// impatient lets the time for the first attempt of a courier's only target be
// up as soon as the server has come to where it hangs.
func impatient(c *Courier, reached <-chan struct{}) {
	send, first := c.routes[0].send, true
	c.routes[0].send = func(ctx context.Context, m burnlist.Message) error {
		if !first {
			return send(ctx, m)
		}
		first = false
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		done := make(chan struct{})
		go func() {
			defer close(done)
			select {
			case <-reached:
			case <-ctx.Done():
			}
		}()
		return send(expired{ctx, done}, m) //nolint:contextcheck // it does inherit from ctx, which the linter cannot see
	}
}

// courier returns one at its usual pace whose targets are functions.
func courier(box *memory, seen *counts, send map[string]func(context.Context, burnlist.Message) error) *Courier {
	c := &Courier{outbox: box, observe: seen.observe, log: slog.New(slog.DiscardHandler), pace: usual()}
	c.pace.spread = 0
	for name, f := range send {
		c.routes = append(c.routes, &route{target: name, timeout: defaultTimeout, send: f, wake: make(chan struct{}, 1)})
	}
	return c
}

func TestFailedMessageIsTriedLessAndLessOftenUntilItIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		box, seen := newMemory(message("a", "first", start), message("a", "second", start)), &counts{}
		var tried []time.Duration
		run(t, courier(box, seen, map[string]func(context.Context, burnlist.Message) error{
			"a": func(_ context.Context, m burnlist.Message) error {
				if m.ID == "second" {
					return nil
				}
				tried = append(tried, time.Since(start))
				return errors.New("no")
			},
		}))
		if diff := cmp.Diff([]string{"first", "second"}, box.empty()); diff != "" {
			t.Errorf("the order of messages (-want +got):\n%s", diff)
		}
		want := []time.Duration{0, 5, 15, 35, 75, 155, 315, 635, 1275, 2175, 3075}
		for i := range want {
			want[i] *= time.Second
		}
		if diff := cmp.Diff(want, tried[:len(want)]); diff != "" {
			t.Errorf("times of the first attempts (-want +got):\n%s", diff)
		}
		if last := tried[len(tried)-1]; last != 72*time.Hour {
			t.Errorf("the last attempt is after %v, want three days", last)
		}
		if diff := cmp.Diff([]string{"first"}, box.lost); diff != "" {
			t.Errorf("given up (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]int{"a failed": len(tried) - 1, "a given_up": 1, "a delivered": 1}, seen.of); diff != "" {
			t.Errorf("observed (-want +got):\n%s", diff)
		}
	})
}

func TestWakingDeliversAtOnceAndDoesNotHurryARetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		box := newMemory()
		var tried []string
		c := courier(box, &counts{}, map[string]func(context.Context, burnlist.Message) error{
			"a": func(_ context.Context, m burnlist.Message) error {
				tried = append(tried, fmt.Sprintf("%s at %v", m.ID, time.Since(start)))
				if m.ID == "second" && m.Attempts == 0 {
					return errors.New("no")
				}
				return nil
			},
		})
		run(t, c)
		synctest.Wait()
		box.put(message("a", "unannounced", start))
		box.empty()
		box.put(message("a", "first", start), message("a", "second", start))
		c.Wake()
		synctest.Wait()
		c.Wake()
		box.empty()
		want := []string{"unannounced at 10s", "first at 10s", "second at 10s", "second at 15s"}
		if diff := cmp.Diff(want, tried); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
	})
}

func TestTargetThatHangsDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		box := newMemory(message("hangs", "1", start), message("works", "1", start), message("works", "2", start))
		run(t, courier(box, &counts{}, map[string]func(context.Context, burnlist.Message) error{
			"hangs": func(ctx context.Context, _ burnlist.Message) error { <-ctx.Done(); return ctx.Err() },
			"works": func(context.Context, burnlist.Message) error { return nil },
		}))
		synctest.Wait()
		if diff := cmp.Diff([]string{"1", "2"}, box.ids("works")); diff != "" || time.Since(start) != 0 {
			t.Errorf("delivered meanwhile, after %v (-want +got):\n%s", time.Since(start), diff)
		}
	})
}

func TestStoppingBreaksOffAnAttemptAndReleasesItsMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		box, seen := newMemory(message("a", "1", start)), &counts{}
		stop := run(t, courier(box, seen, map[string]func(context.Context, burnlist.Message) error{
			"a": func(ctx context.Context, _ burnlist.Message) error { <-ctx.Done(); return ctx.Err() },
		}))
		synctest.Wait()
		stop()
		if _, ok, err := box.ClaimMessage(t.Context(), "a", time.Now(), time.Now().Add(time.Minute)); !ok || err != nil {
			t.Errorf("the message is not free after the courier was stopped: %v", err)
		}
		if time.Since(start) != 0 || len(seen.of) != 0 {
			t.Errorf("stopping took %v and counted %v", time.Since(start), seen.of)
		}
	})
}

func TestDeliveryThatCannotBeRecordedIsNotSentAgain(t *testing.T) {
	for name, broken := range map[string]int{
		"the database is back while the claim lasts": 4,
		"the claim ran out meanwhile":                20,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box, seen := newMemory(message("a", "1", time.Now()), message("a", "2", time.Now())), &counts{}
				box.broken = broken
				var sent []string
				run(t, courier(box, seen, map[string]func(context.Context, burnlist.Message) error{
					"a": func(_ context.Context, m burnlist.Message) error { sent = append(sent, m.ID); return nil },
				}))
				box.empty()
				if diff := cmp.Diff([]string{"1", "2"}, sent); diff != "" {
					t.Errorf("sent (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(map[string]int{"a delivered": 2}, seen.of); diff != "" {
					t.Errorf("observed (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestClaimOutlastsTheAttempt holds two couriers against each other: while one
// is at the last moment of an attempt, the other must not get the message.
func TestClaimOutlastsTheAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, seen := newMemory(message("a", "1", time.Now())), &counts{}
		sent := 0
		slow := map[string]func(context.Context, burnlist.Message) error{"a": func(ctx context.Context, _ burnlist.Message) error {
			sent++
			<-ctx.Done()
			return nil // it arrived in the last moment
		}}
		run(t, courier(box, seen, slow))
		synctest.Wait()
		other := courier(box, seen, slow)
		other.pace.poll = time.Second
		run(t, other)
		box.empty()
		if sent != 1 {
			t.Errorf("sent %d times, want once", sent)
		}
	})
}

func TestCouriersShareAnOutboxInOrder(t *testing.T) {
	box, want := newMemory(), []string{}
	for i := range 100 {
		id := strconv.Itoa(i)
		want = append(want, id)
		box.put(message("a", id, time.Now()), message("b", id, time.Now()))
	}
	var mu sync.Mutex
	sent := map[string][]string{}
	send := func(_ context.Context, m burnlist.Message) error {
		mu.Lock()
		defer mu.Unlock()
		sent[m.Target] = append(sent[m.Target], m.ID)
		return nil
	}
	for range 3 {
		c := courier(box, &counts{}, map[string]func(context.Context, burnlist.Message) error{"a": send, "b": send})
		c.pace = hasty()
		run(t, c)
	}
	box.empty()
	if diff := cmp.Diff(map[string][]string{"a": want, "b": want}, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

func TestTargetsThatCannotBeMeantAreRefused(t *testing.T) {
	hook := &Webhook{URL: "https://chat.example.org/hunter2"}
	mail := func(change func(*Mail)) []Target {
		m := &Mail{Host: "smtp.example.org", Username: "u", Password: "hunter2", From: "a@example.org", To: []string{"b@example.org"}}
		change(m)
		return []Target{{Name: "a", Mail: m}}
	}
	for name, c := range map[string]struct {
		targets []Target
		want    string
	}{
		"no name":               {[]Target{{Webhook: hook}}, `target "": has no name`},
		"two of one name":       {[]Target{{Name: "a", Webhook: hook}, {Name: "a", Webhook: hook}}, `target "a": the name is taken`},
		"no way":                {[]Target{{Name: "a"}}, `target "a": needs exactly one of`},
		"two ways":              {[]Target{{Name: "a", Webhook: hook, Mail: &Mail{}}}, `target "a": needs exactly one of`},
		"half an address":       {[]Target{{Name: "a", Webhook: &Webhook{URL: "chat/hunter2"}}}, "is not a web address"},
		"an address that fails": {[]Target{{Name: "a", Webhook: &Webhook{URL: "https://chat/%hunter2"}}}, "is not a web address"},
		"a socket for a host":   {mail(func(m *Mail) { m.Host = "unix:///run/smtp" }), "is not the name of a mail server"},
		"a port too high":       {mail(func(m *Mail) { m.Port = 65536 }), "65536 is not a port"},
		"no sender":             {mail(func(m *Mail) { m.From = "" }), "is not the address of a sender"},
		"nobody":                {mail(func(m *Mail) { m.To = nil }), "goes to nobody"},
		"a header for somebody": {mail(func(m *Mail) { m.To[0] = "b@example.org\r\nBcc: c@example.org" }), "is not an address for mail"},
		"another TLS":           {mail(func(m *Mail) { m.TLS = "ssl" }), "is not one of starttls, tls, none"},
		"an authority away":     {mail(func(m *Mail) { m.CAFile = "/nowhere/ca.pem" }), "the authority cannot be read"},
		"an authority of sorts": {mail(func(m *Mail) { m.CAFile = "notify.go" }), "holds no certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(c.targets, newMemory(), nil, slog.New(slog.DiscardHandler))
			if burnlist.CodeOf(err) != burnlist.Invalid || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("error is %v, want an Invalid one with %s", err, c.want)
			}
			if strings.Contains(fmt.Sprint(err), "hunter2") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

func TestRetryIsBounded(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		why    failure
		before int
		age    time.Duration
		want   time.Duration // from now; negative for none
	}{
		"the first failure":                   {want: 5 * time.Second},
		"the fourth failure":                  {before: 3, want: 40 * time.Second},
		"a failure after very many":           {before: 1 << 40, want: 15 * time.Minute},
		"a refusal":                           {why: failure{refused: true}, want: 15 * time.Minute},
		"a receiver that asks for a minute":   {why: failure{retryAfter: "60"}, want: time.Minute},
		"one that asks for a date":            {why: failure{retryAfter: "Fri, 20 Nov 2026 12:02:00 GMT"}, want: 2 * time.Minute},
		"one that asks for a date gone by":    {why: failure{retryAfter: "Fri, 20 Nov 2026 11:00:00 GMT"}, want: 5 * time.Second},
		"one that asks for less than usual":   {why: failure{retryAfter: "1"}, before: 3, want: 40 * time.Second},
		"one that asks for a year":            {why: failure{retryAfter: "31536000"}, want: time.Hour},
		"one that asks for more than a clock": {why: failure{retryAfter: "99999999999999999999"}, want: 5 * time.Second},
		"one that asks for nonsense":          {why: failure{retryAfter: "soon"}, want: 5 * time.Second},
		"shortly before the end":              {why: failure{refused: true}, age: 72*time.Hour - time.Minute, want: time.Minute},
		"at the end":                          {age: 72 * time.Hour, want: -1},
		"a message that waited for too long":  {age: 100 * time.Hour, want: -1},
	} {
		t.Run(name, func(t *testing.T) {
			var want time.Time
			if c.want >= 0 {
				want = now.Add(c.want)
			}
			if got := usual().retry(now, now.Add(-c.age), c.before, &c.why, 0); !got.Equal(want) {
				t.Errorf("retry at %v, want %v", got, want)
			}
		})
	}
}

func TestTargetsSpreadTheirRetries(t *testing.T) {
	p, offsets := usual(), []time.Duration{}
	for _, name := range []string{"sre-channel", "sre-list", "platform"} {
		offset := p.offset(name)
		if offset != p.offset(name) || offset < 0 || offset >= p.spread || slices.Contains(offsets, offset) {
			t.Errorf("offset of %s is %v beside %v", name, offset, offsets)
		}
		offsets = append(offsets, offset)
	}
	now := time.Now()
	if got := p.retry(now, now, 0, &failure{}, time.Second); !got.Equal(now.Add(6 * time.Second)) {
		t.Errorf("the offset does not count: retry after %v", got.Sub(now))
	}
}

func TestCausesAreOneLineWithoutSecrets(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a secret":         {"dial https://chat/s3cr3t?x=1: refused", "dial https://chat/…?x=1: refused"},
		"lines":            {"a\r\nb\x00c\td", "a b c d"},
		"no UTF-8":         {"a\xffb", "a b"},
		"a long one":       {strings.Repeat("ü", 400), strings.Repeat("ü", 299) + "…"},
		"a short secret":   {"no answer", "no answer"},
		"secret in secret": {"long-s3cr3t", "…"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (secrets{"long-s3cr3t", "s3cr3t", "no", ""}).hide(c.text); got != c.want {
				t.Errorf("told as %q, want %q", got, c.want)
			}
		})
	}
}
