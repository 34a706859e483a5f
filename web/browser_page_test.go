package web_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/prioritizer"
)

// opener opens a tab in which a test looks at a world.
type opener func(*burnlist.World) *tab

func TestInABrowser(t *testing.T) {
	browser := startBrowser(t)
	for name, test := range map[string]func(*testing.T, opener){
		"nothing is wider than the window":                    nothingIsTooWide,
		"the page asks its server only and breaks no rule":    thePageKeepsToItself,
		"the items stand in the order of the queue":           theOrderIsTheQueues,
		"everything can be reached and opened from the keys":  theKeysAreEnough,
		"the filter form shows one product and no other":      theFormFilters,
		"all text can be read on a light and on a dark sheet": allTextCanBeRead,
		"the labels of the drawings stand apart and inside":   labelsStandApart,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(w *burnlist.World) *tab { return openTab(t, browser, w) })
		})
	}
}

func nothingIsTooWide(t *testing.T, open opener) {
	w := wideWorld()
	product := slices.Max(slices.Collect(maps.Keys(w.Products)))
	tabs := map[*tab]map[string]int64{
		open(w): {
			"/": http.StatusOK,
			"/?product=" + product + "&tier=jump&owner=" + wide("nobody", 200): http.StatusOK,
			"/?product=shpo": http.StatusBadRequest,
		},
		open(world()):             {"/": http.StatusOK},
		open(burnlist.NewWorld()): {"/": http.StatusOK},
	}
	for b, paths := range tabs {
		for path, status := range paths {
			b.visit(path, status)
			look[any](b, `probe.openAll(true)`)
			for _, width := range []int64{360, 390, 768, 1088, 1280} {
				b.do(chromedp.EmulateViewport(width, 900))
				if got := look[int64](b, `document.documentElement.scrollWidth`); got > width {
					t.Errorf("%.60s: %d pixels wide in a window of %d", path, got, width)
				}
				for _, what := range look[[]string](b, `probe.spills()`) {
					t.Errorf("%.60s in a window of %d: %s", path, width, what)
				}
			}
		}
	}
}

func thePageKeepsToItself(t *testing.T, open opener) {
	b := open(world())
	b.visit("/", http.StatusOK)
	b.visit("/?product=shop&tier=jump", http.StatusOK)
	b.visit("/?product=shpo", http.StatusBadRequest)
	open(burnlist.NewWorld()).visit("/", http.StatusOK)

	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.ContainsFunc(b.asked, func(url string) bool { return strings.HasPrefix(url, b.home+"/static/page.css") }) {
		t.Errorf("the requests do not have the style sheet's: %v", b.asked)
	}
}

func labelsStandApart(t *testing.T, open opener) {
	w := world()
	for i, days := range []int{1, 2, 3, 7, 14, 28, 60, 90} {
		name := fmt.Sprintf("cart-%d-days", days)
		slo, f := *w.SLOs["cart-availability"], figures(name, []float64{0.3, 1.3, 2.6}[i%3], 2.7, 1)
		slo.Name, slo.Window, f.Window = name, burnlist.Duration(days)*burnlist.Duration(burnlist.Day), burnlist.Duration(days)*burnlist.Duration(burnlist.Day)
		if i%2 == 0 { // its figures are from before
			f.At = f.At.Add(-6 * time.Hour)
		}
		w.SLOs[name], w.Budgets.Figures[name] = &slo, f
	}
	b := open(w)
	b.visit("/", http.StatusOK)
	for _, width := range []int64{360, 1280} {
		b.do(chromedp.EmulateViewport(width, 900))
		seen := look[struct {
			Labels int
			Wrong  []string
		}](b, `probe.labels()`)
		if seen.Labels < 50 {
			t.Errorf("in a window of %d: saw %d labels, which are not all", width, seen.Labels)
		}
		for _, what := range seen.Wrong {
			t.Errorf("in a window of %d: %s", width, what)
		}
	}
}

func theOrderIsTheQueues(t *testing.T, open opener) {
	q := queue(world())
	b := open(world())
	b.visit("/", http.StatusOK)
	var want []string
	for n, e := range slices.Collect(q.All()) {
		want = append(want, fmt.Sprintf("%d item-%d in tier-%s", n+1, e.Item.ID, e.Tier))
	}
	if diff := cmp.Diff(want, look[[]string](b, `probe.entries()`)); diff != "" {
		t.Errorf("entries from top to bottom (-want +got):\n%s", diff)
	}
	var tiers []string
	for _, tier := range prioritizer.Tiers {
		tiers = append(tiers, "tier-"+tier.String())
	}
	if diff := cmp.Diff(tiers, look[[]string](b, `probe.tiers()`)); diff != "" {
		t.Errorf("tiers that are seen (-want +got):\n%s", diff)
	}
	headings := look[[]int](b, `probe.headings()`)
	if len(headings) == 0 || headings[0] != 1 || slices.Contains(headings[1:], 1) {
		t.Errorf("headings of levels %v: want a single 1, before all others", headings)
	}
	for n := 1; n < len(headings); n++ {
		if headings[n] > headings[n-1]+1 {
			t.Errorf("a heading of level %d follows one of level %d", headings[n], headings[n-1])
		}
	}
}

func theKeysAreEnough(t *testing.T, open opener) {
	b := open(world())
	for _, path := range []string{"/", "/?product=shop&tier=jump"} {
		b.visit(path, http.StatusOK)
		want := look[[]string](b, `probe.prepareKeys()`)
		var got []string
		for range want {
			b.do(chromedp.KeyEvent(kb.Tab))
			stop := look[struct {
				Name, Wrong string
				Closed      bool
			}](b, `probe.stop()`)
			got = append(got, stop.Name)
			if stop.Wrong != "" {
				t.Errorf("%s: the focus on %s: %s", path, stop.Name, stop.Wrong)
			}
			if stop.Closed {
				b.do(chromedp.KeyEvent(kb.Enter))
				if look[bool](b, `probe.stop().closed`) {
					t.Errorf("%s: Enter does not open %s", path, stop.Name)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: what Tab goes through (-want +got):\n%s", path, diff)
		}
	}
}

func theFormFilters(t *testing.T, open opener) {
	b := open(world())
	b.visit("/", http.StatusOK)
	b.do(
		chromedp.Click(chromedp.CSS(".filter summary")),
		chromedp.SendKeys(chromedp.CSS(".filter select[name=product]"), "media"),
	)
	answer, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(".filter button")))
	if err != nil || answer.Status != http.StatusOK {
		t.Fatalf("submit the form: %v, %+v", err, answer)
	}
	b.do(chromedp.Evaluate[chromedp.Void](probe))
	var want []string
	for e := range queue(world()).All() {
		if e.Product() == "media" {
			want = append(want, fmt.Sprintf("%d item-%d in tier-%s", len(want)+1, e.Item.ID, e.Tier))
		}
	}
	if diff := cmp.Diff(want, look[[]string](b, `probe.entries()`)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if got := look[[]string](b, `probe.texts('h1 .of, .products [aria-current], .budgets h3')`); !slices.Equal(got, []string{"media", "media", "transcoder", "player"}) {
		t.Errorf("the page is of %q", got)
	}
}

func allTextCanBeRead(t *testing.T, open opener) {
	b, empty := open(world()), open(burnlist.NewWorld())
	for _, scheme := range []string{"light", "dark"} {
		read := func(b *tab, path string, status, width int64) {
			b.do(chromedp.EmulateViewport(width, 900), func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
				return cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
				})
			})
			b.visit(path, status)
			look[any](b, `probe.openAll(true)`)
			seen := look[struct {
				Texts int
				Dark  bool
				Faint []string
			}](b, `probe.contrasts()`)
			if seen.Dark != (scheme == "dark") || seen.Texts < 5 {
				t.Fatalf("%s in %s: the sheet is dark: %v; %d texts", path, scheme, seen.Dark, seen.Texts)
			}
			for _, what := range seen.Faint {
				t.Errorf("%s in %s, %d pixels wide: %s", path, scheme, width, what)
			}
		}
		read(b, "/", http.StatusOK, 1280)
		read(b, "/", http.StatusOK, 390)
		read(b, "/?product=shop&tier=jump", http.StatusOK, 1280)
		read(b, "/?product=shpo", http.StatusBadRequest, 1280)
		read(empty, "/", http.StatusOK, 1280)
	}
}

// probe is what looks at the page from the inside. The page itself runs no
// script, and its policy would not let it.
const probe = `globalThis.probe = {
  openAll(open) { for (const d of document.querySelectorAll('details')) d.open = open; },
  name(el) {
    const kind = el.localName + (el.name ? '[name=' + el.name + ']' : '');
    return [kind, ...el.classList].join('.') + ' "' + el.textContent.trim().replace(/\s+/g, ' ').slice(0, 50) + '"';
  },
  texts(selector) { return [...document.querySelectorAll(selector)].map(el => el.textContent.trim()); },
  // Text for those who listen is a pixel wide.
  seen(el) {
    const r = el.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && el.checkVisibility({visibilityProperty: true, opacityProperty: true});
  },

  // What reaches out of the window, or out of a box that neither clips nor
  // scrolls: the innermost of each.
  spills() {
    const found = new Map();
    for (const el of [...document.querySelectorAll('body *')].filter(this.seen).reverse()) {
      const r = el.getBoundingClientRect(), holds = el.scrollWidth, room = el.clientWidth;
      if ([...found.keys()].some(inner => el.contains(inner))) continue;
      if (r.left < -.5 || r.right > innerWidth + .5) found.set(el, 'from ' + r.left + ' to ' + r.right);
      else if (room && holds > room + 1 && getComputedStyle(el).overflowX === 'visible') found.set(el, holds + ' wide in ' + room);
    }
    return [...found].map(([el, what]) => this.name(el) + ' is ' + what);
  },

  // Labels that reach out of their drawing or into each other, or are too small.
  labels() {
    let labels = 0;
    const wrong = [];
    for (const svg of document.querySelectorAll('svg.burndown')) {
      const out = svg.getBoundingClientRect(), all = [...svg.querySelectorAll('text')].filter(el => this.seen(el));
      labels += all.length;
      all.forEach((el, n) => {
        const a = el.getBoundingClientRect(), scale = out.width / svg.viewBox.baseVal.width;
        if (a.left < out.left - 1 || a.right > out.right + 1 || a.bottom > out.bottom + 2) wrong.push(this.name(el) + ' reaches out of its drawing');
        if (parseFloat(getComputedStyle(el).fontSize) * scale < 11) wrong.push(this.name(el) + ' is too small');
        for (const other of all.slice(n + 1)) {
          const b = other.getBoundingClientRect();
          if (a.left < b.right + 3 && b.left < a.right + 3 && a.top + 2 < b.bottom && b.top + 2 < a.bottom) wrong.push(this.name(el) + ' and ' + this.name(other) + ' touch');
        }
      });
    }
    return {labels, wrong};
  },

  entries() {
    const top = el => el.getBoundingClientRect().top;
    return [...document.querySelectorAll('.entry')].filter(this.seen).sort((a, b) => top(a) - top(b)).map(el =>
      el.querySelector('.place b').innerText + ' ' + el.id + ' in ' + el.closest('section').getAttribute('aria-labelledby'));
  },
  tiers() { return [...document.querySelectorAll('section.tier')].filter(el => this.seen(el) && this.seen(el.querySelector('h3'))).map(el => el.querySelector('h3').id); },
  headings() { return [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(this.seen).map(el => Number(el.localName[1])); },

  // Everything that can be used when all is open, in its order; then all is closed.
  outline(el) { const s = getComputedStyle(el); return s.outlineStyle === 'none' ? '' : [s.outlineStyle, s.outlineWidth, s.outlineColor, s.outlineOffset].join(' '); },
  prepareKeys() {
    this.openAll(true);
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter(this.seen);
    this.rest = new Map(all.map(el => [el, this.outline(el)]));
    this.openAll(false);
    return all.map(this.name);
  },
  // Where the focus is, and whether one sees that.
  stop() {
    const el = document.activeElement, r = el.getBoundingClientRect(), look = this.outline(el), s = getComputedStyle(el);
    let wrong = '';
    if (!this.seen(el) || r.bottom <= 0 || r.top >= innerHeight) wrong = 'it is not in sight';
    else if (!look || look === this.rest.get(el)) wrong = 'it looks as without: ' + look;
    else if (this.contrast(this.over(this.rgba(s.outlineColor), this.back(el.parentElement)), this.back(el.parentElement)) < 3) wrong = 'it is faint: ' + look;
    return {name: this.name(el), wrong, closed: el.localName === 'summary' && !el.parentElement.open};
  },

  // Colours are [red, green, blue, opacity], as a canvas paints them.
  rgba(color) {
    this.canvas ??= new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    this.canvas.clearRect(0, 0, 1, 1);
    this.canvas.fillStyle = color;
    this.canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = this.canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  },
  over([r, g, b, a], below) { return [...[r, g, b].map((c, n) => c * a + below[n] * (1 - a)), 1]; },
  back(el) {
    if (!el) return this.rgba('Canvas');
    const own = this.rgba(getComputedStyle(el).backgroundColor);
    return own[3] === 1 ? own : this.over(own, this.back(el.parentElement));
  },
  luminance(color) {
    const [r, g, b] = color.map(c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  },
  contrast(a, b) {
    const [dark, light] = [this.luminance(a), this.luminance(b)].sort((a, b) => a - b);
    return (light + .05) / (dark + .05);
  },
  contrasts() {
    const faint = new Set();
    let texts = 0;
    const read = (el, pseudo) => {
      if (!this.seen(el)) return;
      texts++;
      const s = getComputedStyle(el, pseudo), front = this.rgba(s.color);
      for (let p = el; p; p = p.parentElement) front[3] *= getComputedStyle(p).opacity;
      const ratio = this.contrast(this.over(front, this.back(el)), this.back(el));
      if (ratio < 4.5) faint.add(this.name(el) + (pseudo ?? '') + ' has a contrast of ' + ratio.toFixed(2));
    };
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (walk.currentNode.data.trim()) read(walk.currentNode.parentElement);
    for (const el of document.querySelectorAll('body *')) {
      if (/^(input|select)$/.test(el.localName)) read(el);
      for (const pseudo of ['::before', '::after']) {
        if (/[\p{L}\p{N}]/u.test(getComputedStyle(el, pseudo).content.replace(/^none$|^normal$/, ''))) read(el, pseudo);
      }
    }
    return {texts, dark: this.luminance(this.back(document.body)) < .2, faint: [...faint]};
  },
}`
