package web_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
	"github.com/burnlist/burnlist/web"
)

// says checks that the text is on the page.
func says(t *testing.T, answer *httptest.ResponseRecorder, text string) {
	t.Helper()
	if page := answer.Body.String(); !strings.Contains(plain(page), text) {
		t.Errorf("the page does not say %q:\n%s", text, page)
	}
}

func saysNot(t *testing.T, answer *httptest.ResponseRecorder, text string) {
	t.Helper()
	if page := answer.Body.String(); strings.Contains(plain(page), text) {
		t.Errorf("the page says %q:\n%s", text, page)
	}
}

// plain replaces the spaces that do not break.
func plain(page string) string { return strings.ReplaceAll(page, "\u00a0", " ") }

func TestBeforeTheQueueIsLoadedThePageSaysThatItStarts(t *testing.T) {
	answer := getAt(t, nil, monday, "/")
	if answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q, want 503 with one", answer.Code, answer.Header().Get("Retry-After"))
	}
	says(t, answer, "burnlist is starting")
	says(t, answer, `http-equiv="refresh"`)
}

func TestAnEmptyInstallationSaysHowToBegin(t *testing.T) {
	answer := get(t, burnlist.NewWorld(), "/")
	if answer.Code != http.StatusOK {
		t.Errorf("status %d, want 200", answer.Code)
	}
	says(t, answer, "curl http://example.com/api/v1/products")
	says(t, answer, `"due": "2026-12-07"`)
	says(t, answer, "README")
}

func TestAProductWithNothingOpenSaysSo(t *testing.T) {
	w := world()
	w.Items = burnlist.ByID[burnlist.Item]{}
	says(t, get(t, w, "/"), "Nothing is open.")
	says(t, get(t, w, "/?product=shop"), "Nothing is open in shop.")
}

func TestUnmeasuredBudgetsAreSaidToBeSo(t *testing.T) {
	w := world()
	w.Budgets = burnlist.NewWorld().Budgets
	answer := get(t, w, "/")
	says(t, answer, "No budget has been measured yet.")
	saysNot(t, answer, "healthy")
}

func TestTheAgeOfTheFiguresIsSaid(t *testing.T) {
	silent := func(w *burnlist.World, since time.Duration, said string) {
		for _, f := range w.Budgets.Figures {
			f.KnownUntil, f.Error = new(monday.Add(-since)), said
		}
	}
	tests := map[string]struct {
		change func(*burnlist.World)
		after  time.Duration // of monday
		want   []string
		not    []string
	}{
		"fresh figures carry no banner": {
			want: []string{"budgets known up to 5 minutes ago"},
			not:  []string{"may be out of date"},
		},
		"fifteen minutes are not old": {
			after: 10 * time.Minute,
			want:  []string{"budgets known up to 15 minutes ago"},
			not:   []string{"may be out of date"},
		},
		"more than fifteen minutes are": {
			after: 10*time.Minute + time.Second,
			want:  []string{"The figures are 15 min old:", "no newer figures since 2026-11-23 08:55 UTC; the order may be out of date."},
		},
		"nothing for hours": {
			after: 2 * time.Hour,
			want:  []string{"budgets known up to 2 h 5 min ago", "The figures are 2 h 5 min old:"},
		},
		"slices of an hour may be two hours old": {
			change: func(w *burnlist.World) {
				for _, s := range w.SLOs {
					s.Slice = burnlist.Duration(time.Hour)
				}
			},
			after: 2 * time.Hour,
			want:  []string{"budgets known up to 2 h 5 min ago"},
			not:   []string{"may be out of date"},
		},
		"figures that have not changed for long are not old": {
			change: func(w *burnlist.World) { w.Budgets.RefreshedAt = monday.Add(-9 * time.Hour) },
			want:   []string{"budgets known up to 5 minutes ago"},
			not:    []string{"may be out of date"},
		},
		"without an SLO nothing is old": {
			change: func(w *burnlist.World) { clear(w.SLOs) },
			after:  9 * time.Hour,
			not:    []string{"may be out of date", "budgets known", "not measured"},
		},
		"SLOs that are new are not measured yet": {
			change: func(w *burnlist.World) { clear(w.Budgets.Figures) },
			want:   []string{"budgets not measured yet", "No budget has been measured yet."},
			not:    []string{"may be out of date"},
		},
		"refreshes that bring nothing new are told by the data": {
			change: func(w *burnlist.World) {
				silent(w, 50*time.Hour, "dial tcp 10.0.0.7:9090: connect: connection refused")
			},
			want: []string{
				"The figures are 2 d 2 h old:", "no newer figures since 2026-11-21 07:00 UTC",
				"dial tcp 10.0.0.7:9090: connect: connection refused", "and 3 more",
			},
			not: []string{"Some budgets could not be measured"},
		},
		"data that only ended is nobody's fault": {
			change: func(w *burnlist.World) { silent(w, 50*time.Hour, "") },
			want:   []string{"The figures are 2 d 2 h old:", "no newer figures since 2026-11-21 07:00 UTC"},
			not:    []string{"Prometheus", "not be measured"},
		},
		"one failing SLO is a warning, with its error": {
			want: []string{"Some budgets could not be measured:", "1 of 8 SLOs.", "bad_data: parse error: unexpected character: &#39;&lt;&#39;"},
		},
		"the error of one that is blind for other reasons too": {
			change: func(w *burnlist.World) {
				w.Budgets.Figures["player-starts"].Coverage, w.Budgets.Figures["player-starts"].KnownUntil = 0.1, new(monday)
				w.Budgets.Figures["player-starts"].Error = "a part is missing"
			},
			want: []string{"could not be measured: a part is missing", "is judged from 25 % on"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := world()
			if test.change != nil {
				test.change(w)
			}
			answer := getAt(t, queue(w), monday.Add(test.after), "/")
			for _, text := range test.want {
				says(t, answer, text)
			}
			for _, text := range test.not {
				saysNot(t, answer, text)
			}
		})
	}
}

func TestTheBannerIsInTheProductsZone(t *testing.T) {
	says(t, getAt(t, queue(world()), monday.Add(time.Hour), "/?product=media"), "since 2026-11-23 03:55 EST")
}

func TestUnknownNeverLooksHealthy(t *testing.T) {
	answer := get(t, world(), "/?service=player")
	says(t, answer, `class="slo unknown"`)
	says(t, answer, "player-starts cannot be measured")
	w := world()
	delete(w.SLOs, "player-rebuffering")
	saysNot(t, get(t, w, "/?service=player"), "healthy")
}

func TestEachStateIsDrawnAndSaysWhy(t *testing.T) {
	tests := map[string]struct {
		slo    string // whose row is looked at
		change func(*burnlist.Figures)
		want   []string
		not    []string
	}{
		"exhausted": {
			"checkout-availability", nil,
			[]string{
				`<article class="slo exhausted">`, "<b>38 % overspent</b>", `<svg class="burndown"`, "−100 %",
				"38 % more than the 30-day budget is spent; at the present pace 62 % more than all of it is spent in 7 days",
				"checkout-availability has overspent its 30-day budget by 38 %; 72 % of the budget went in the last 7 days.",
				"It is above zero again on Wed 2 Dec at 13:00 CET if no more errors come; 162 % will be spent by next week at the pace of 3.1, that of the last 7 days.",
			},
			nil,
		},
		"burning": {
			"cart-availability", nil,
			[]string{
				`<article class="slo burning">`, "<b>18 % left</b>", `<svg class="burndown"`, `<path class="goes"`,
				"18 % of the 30-day budget is left; at the present pace it runs out on 2026-11-26 15:27 CET",
				"cart-availability has spent 82 % of its 30-day budget, and runs out of it on Thu 26 Nov at 15:27 CET if the pace goes on.",
			},
			[]string{"−100 %"},
		},
		"at risk": {
			"search-availability", nil,
			[]string{
				`<article class="slo at_risk">`, "<b>36 % left</b>", `<svg class="burndown"`,
				"At risk because the forecast is 75 % or more.",
			},
			[]string{"−50 %"},
		},
		"at risk by a burn rate, which is not said twice": {
			"catalogue-availability", func(f *burnlist.Figures) {
				f.FastBurn = true
				f.Burn[burnlist.Span1h], f.Burn[burnlist.Span5m] = burnlist.Known(20), burnlist.Known(19)
			},
			[]string{"At risk because errors come fast just now: the burn rate is 20.0 over 1h and 19.0 over 5m, where more than 14.4 is too much."},
			[]string{"<li>fast burn</li>"},
		},
		"burning fast just now": {
			"cart-availability", func(f *burnlist.Figures) { f.FastBurn = true },
			[]string{"<li>fast burn</li>"},
			nil,
		},
		"healthy": {
			"catalogue-availability", nil,
			[]string{
				`<article class="slo healthy">`, "<b>88 % left</b>", `<svg class="burndown"`,
				"catalogue-availability has 88 % of its 30-day budget left, and will have at least 85 % for the next 7 days at the pace of 0.2, that of the last 7 days. Within budget: weigh against new work.",
				"98 % of the window known",
			},
			[]string{" old</li>"},
		},
		"unknown for an error": {
			"player-starts", nil,
			[]string{`<article class="slo unknown">`, "player-starts cannot be measured: bad_data: parse error: unexpected character: &#39;&lt;&#39;; see to its indicator, or to source default.", "newest data 31 h old"},
			[]string{`<svg class="burndown"`, " left</b>", "could not be measured"},
		},
		"unknown for a long error, which is said in full": {
			"player-starts", func(f *burnlist.Figures) { f.Error = strings.Repeat("too much ", 30) + "to say" },
			[]string{"could not be measured: too much", "too much to say</li>"},
			nil,
		},
		"unknown as the data is old": {
			"player-starts", func(f *burnlist.Figures) { f.Error = "" },
			[]string{"player-starts was last measured 31 hours ago, and nobody knows what happened since; check source default and what it scrapes."},
			[]string{`<svg class="burndown"`, "newest data"},
		},
		"unknown for lack of history": {
			"catalogue-availability", func(f *burnlist.Figures) { f.Coverage = 0.1 },
			[]string{"only 10 % of the 30-day window of catalogue-availability is known: it is judged from 25 % on; wait, or check why there is so little data."},
			[]string{`<svg class="burndown"`, "of the window known"},
		},
		"a state that is held on to": {
			"search-availability", func(f *burnlist.Figures) { f.KnownUntil = new(monday.Add(-3 * burnlist.Day)) },
			[]string{`<article class="slo at_risk">`, `<svg class="burndown"`, "Last measured 3 days ago."},
			[]string{"newest data"},
		},
		"all of the window is known": {
			"catalogue-availability", func(f *burnlist.Figures) { f.Coverage = 1 },
			nil,
			[]string{"of the window known"},
		},
		"excluded time": {
			"catalogue-availability", func(f *burnlist.Figures) {
				f.Excluded, f.ConsumedAltogether = burnlist.Duration(3*time.Hour), burnlist.Known(0.81)
			},
			[]string{"3 h excluded; without the exclusions 81 % would be spent"},
			nil,
		},
		"a ratio": {
			"catalogue-availability", func(f *burnlist.Figures) {
				f.Kind, f.TimeWeighted, f.Extrapolated, f.Violations, f.Corrections, f.OneEvent = burnlist.KindRatio, true, true, 2, 1, burnlist.Known(0.4)
			},
			[]string{
				"weighted by time: each slice counts the same, whatever its traffic", "extrapolated: expressions guess at the edges of slices",
				"2 slices in the window with a ratio outside 0 to 1: check the expression", "1 slice corrected by late data",
			},
			[]string{"event"},
		},
		"a gauge": {
			"catalogue-availability", func(f *burnlist.Figures) {
				f.Kind, f.Violations, f.OneEvent = burnlist.KindGauge, 1, burnlist.Known(0.4)
			},
			[]string{"1 slice in the window with a gauge outside 0 to 1: check the selector", "One bad sample costs 40 % of the budget: too fine for how often it is sampled."},
			[]string{"event"},
		},
		"events that do not add up, at a burn that cannot be": {
			"catalogue-availability", func(f *burnlist.Figures) { f.Violations, f.Unreachable = 3, []string{"1h/5m", "6h/30m"} },
			[]string{"3 slices in the window with more bad events than events: check the selectors", "its objective can never reach the burn of 1h/5m and 6h/30m"},
			nil,
		},
		"advisory": {
			"player-rebuffering", nil,
			[]string{`<article class="slo healthy advisory">`, "advisory, never ranks", `<svg class="burndown"`},
			nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := world()
			if test.change != nil {
				test.change(w.Budgets.Figures[test.slo])
			}
			page := plain(get(t, w, "/?service="+w.SLOs[test.slo].Service).Body.String())
			row := page[:max(0, strings.Index(page, "<h4>"+test.slo+"</h4>"))]
			from := max(0, strings.LastIndex(row, "<article"))
			row, _, _ = strings.Cut(page[from:], "</article>")
			for _, text := range test.want {
				if !strings.Contains(row, text) {
					t.Errorf("the budget of %s does not say %q:\n%s", test.slo, text, row)
				}
			}
			for _, text := range test.not {
				if strings.Contains(row, text) {
					t.Errorf("the budget of %s says %q:\n%s", test.slo, text, row)
				}
			}
		})
	}
}

func TestFiguresFromBeforeBurnDownsAreSaidWithoutADrawing(t *testing.T) {
	w := world()
	w.Budgets.Figures["catalogue-availability"].BurnDown = nil
	answer := get(t, w, "/?service=catalogue")
	says(t, answer, "<b>88 % left</b>")
	saysNot(t, answer, `<svg class="burndown"`)
}

func TestTextOfUsersIsNeverMarkup(t *testing.T) {
	const evil = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`
	w := world()
	for _, i := range w.Items.All() {
		i.Title, i.Owner, i.Ticket, i.Key = evil, evil, evil, burnlist.NullString(fmt.Sprint(evil, i.ID))
		i.Source = &burnlist.Source{URL: "https://example.org/?a=\"><script>", Title: evil}
	}
	for _, f := range w.Budgets.Figures {
		f.Error = evil
	}
	for _, s := range w.Services {
		s.Team = evil
	}
	for _, path := range []string{"/", "/?owner=%3Cscript%3E", "/?%3Cscript%3E=1", "/?product=%22%3E%3Cscript%3E", "/%3Cscript%3E"} {
		answer := get(t, w, path)
		saysNot(t, answer, "<script")
		saysNot(t, answer, "<img")
	}
	says(t, get(t, w, "/"), "&lt;script&gt;alert(1)&lt;/script&gt;")
}

func TestOnlyWebAddressesAreLinks(t *testing.T) {
	tests := map[string]bool{
		"https://tickets.example.org/PAY-311":  true,
		"http://tickets/PAY-311":               true,
		"javascript:alert(1)":                  false,
		"JavaScript://example.org/%0aalert(1)": false,
		"data:text/html,hello":                 false,
		"//tickets.example.org/PAY-311":        false,
		"https:PAY-311":                        false,
		"PAY-311":                              false,
		"\thttps://tickets.example.org":        false,
	}
	for ticket, linked := range tests {
		t.Run(ticket, func(t *testing.T) {
			w := world()
			for id, i := range w.Items.All() {
				i.Source, i.Ticket = nil, burnlist.NullString(ticket)
				if id != 141 {
					w.Items.Put(id, nil)
				}
			}
			answer := get(t, w, "/")
			if got := strings.Contains(answer.Body.String(), `rel="noopener noreferrer"`); got != linked {
				t.Errorf("linked: %v, want %v", got, linked)
			}
			if !linked {
				says(t, answer, "ticket "+strings.ReplaceAll(ticket, "+", "&#43;"))
				saysNot(t, answer, `href="`+ticket)
			}
		})
	}
}

func TestDueTodayIsNotOverdue(t *testing.T) {
	answer := get(t, world(), "/?owner=ben@example.org")
	says(t, answer, "due today")
	saysNot(t, answer, "overdue</dd>")
	says(t, get(t, world(), "/?owner=ana@example.org"), "due 2026-11-20, 3 days overdue")
}

func TestWhatBurnsWithoutItemsIsSaidAtTheTop(t *testing.T) {
	answer := get(t, world(), "/?product=media")
	says(t, answer, "Nobody is on it:")
	says(t, answer, "transcoder-success is burning, and no open item of transcoder addresses it")
	saysNot(t, get(t, world(), "/?product=shop"), "Nobody is on it:")
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	for _, path := range []string{"/", "/?nonsense=1", "/nowhere", "/static/page.css", "/static/nothing"} {
		h := get(t, world(), path).Header()
		if got, want := h.Get("Content-Security-Policy"), "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"; got != want {
			t.Errorf("%s: policy %q, want %q", path, got, want)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
}

func TestAStyleSheetAskedForByItsVersionIsKept(t *testing.T) {
	page := get(t, world(), "/").Body.String()
	_, rest, _ := strings.Cut(page, `<link rel="stylesheet" href="`)
	path, _, _ := strings.Cut(rest, `"`)
	answer := get(t, world(), path)
	if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != "text/css; charset=utf-8" ||
		!strings.Contains(answer.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%s: status %d, headers %v", path, answer.Code, answer.Header())
	}
	if got := get(t, world(), "/static/page.css?v=another").Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("another version: Cache-Control %q, want no-cache", got)
	}

	again := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/static/page.css", nil)
	again.Header.Set("If-None-Match", answer.Header().Get("ETag"))
	unchanged := httptest.NewRecorder()
	handler(queue(world())).ServeHTTP(unchanged, again)
	if unchanged.Code != http.StatusNotModified {
		t.Errorf("the same version again: status %d, want 304", unchanged.Code)
	}
	if answer := get(t, world(), "/static/nothing"); answer.Code != http.StatusNotFound {
		t.Errorf("a file that is not there: status %d, want 404", answer.Code)
	}
}

func TestThePageIsOnlyRead(t *testing.T) {
	for method, want := range map[string]int{http.MethodHead: http.StatusOK, http.MethodPost: http.StatusMethodNotAllowed} {
		answer := httptest.NewRecorder()
		handler(queue(world())).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), method, "/", nil))
		if answer.Code != want {
			t.Errorf("%s: status %d, want %d", method, answer.Code, want)
		}
		if body, _ := io.ReadAll(answer.Body); method == http.MethodHead && len(body) > 0 {
			t.Errorf("HEAD brought a body of %d bytes", len(body))
		}
	}
}

// inTouch says that the store answers.
func inTouch() time.Duration { return 0 }

func TestThePageSaysThatTheDatabaseIsAway(t *testing.T) {
	for behind, want := range map[time.Duration]bool{15 * time.Second: false, 2 * time.Minute: true} {
		q := queue(world())
		h := web.New(func() *prioritizer.Queue { return q }, func() time.Duration { return behind },
			func() time.Time { return monday }, slog.New(slog.DiscardHandler))
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
		if got := strings.Contains(answer.Body.String(), "The database has not answered for"); got != want || answer.Code != http.StatusOK {
			t.Errorf("%s behind: status %d, says so: %v, want %v", behind, answer.Code, got, want)
		}
	}
}

func handler(q *prioritizer.Queue) http.Handler {
	return web.New(func() *prioritizer.Queue { return q }, inTouch, func() time.Time { return monday }, slog.New(slog.DiscardHandler))
}

func TestSnoozedItemsStandBehindAllOthersInASectionOfTheirOwn(t *testing.T) {
	w := world()
	w.Items.Get(141).Snooze = &burnlist.Snooze{Until: burnlist.NewDate(2026, 11, 24), Reason: "the vendor answers on Tuesday", At: monday, Actor: "ana@example.org"}
	page := plain(get(t, w, "/").Body.String())
	for _, want := range []string{
		`<h3 id="tier-jump">Jump the queue <span class="count">3 items</span></h3>`,
		`<h3 id="tier-snoozed">Snoozed <span class="count">1 item</span></h3>`,
		`<dd>snoozed until 2026-11-24</dd>`,
	} {
		if strings.Count(page, want) != 1 {
			t.Errorf("the page has %q %d times, want once", want, strings.Count(page, want))
		}
	}
	items := shown(page)
	if last := items[len(items)-1]; last != "141" {
		t.Errorf("the last item is %s, want the snoozed one, 141", last)
	}
}

func TestProductsAndTheirReviewsAreWarnedOfBesideTheServices(t *testing.T) {
	w := world()
	for id := range int64(2) {
		day := burnlist.NewDate(2026, 11, 9+7*int(id))
		w.Reviews["shop"] = append([]*burnlist.Review{{
			ID: 11 + id, Product: "shop", State: burnlist.ReviewSkipped, Slot: day, Date: day, Zone: "Europe/Berlin",
			Reason: "burnlist was not running when the slot came",
		}}, w.Reviews["shop"]...)
	}
	w.Policy.MeetingItems = 1
	answer := get(t, w, "/")
	says(t, answer, `<li class="alarm"><span class="who">shop, review 12</span>`)
	says(t, answer, `<li class="warn"><span class="who">shop</span>`)
	says(t, answer, " warnings beside the queue")
	for _, query := range []string{"/?service=cart", "/?team=storefront", "/?product=media"} {
		saysNot(t, get(t, w, query), "shop, review 12")
	}
}
