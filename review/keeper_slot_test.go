package review

import (
	"archive/zip"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // for zones that the machine does not have

	"pgregory.net/rapid"

	"github.com/burnlist/burnlist"
)

// diary is a product with its reviews, to which it does what Keeper does with
// the slots and what people do. It has no agendas and no second replica.
type diary struct {
	p       burnlist.Product
	reviews []burnlist.Review // newest first
}

// recent are the reviews that a world and a transaction see.
func (d *diary) recent() []burnlist.Review {
	return slices.Clone(d.reviews[:min(len(d.reviews), burnlist.RecentReviews)])
}

func (d *diary) add(r burnlist.Review) {
	r.ID = int64(len(d.reviews) + 1)
	d.reviews = append([]burnlist.Review{r}, d.reviews...)
}

// put stores what a plan records.
func (d *diary) put(recorded []burnlist.Review) {
	for _, r := range recorded {
		if r.ID == 0 {
			d.add(r)
			continue
		}
		d.reviews[slices.IndexFunc(d.reviews, func(o burnlist.Review) bool { return o.ID == r.ID })] = r
	}
}

// open opens a review at an instant, for a slot or beside the slots, unless one
// is open.
func (d *diary) open(slot burnlist.Date, now time.Time) {
	if slices.ContainsFunc(d.reviews, func(r burnlist.Review) bool { return r.State == burnlist.ReviewOpen }) {
		return
	}
	r := opened(d.p, burnlist.System(now))
	r.Slot, r.Date, r.Zone, r.FrozenAt = slot, d.p.Today(now), d.p.Zone, &now
	d.add(r)
}

func (d *diary) conclude(id int64, state burnlist.ReviewState, now time.Time) {
	for n, r := range d.reviews {
		if (r.ID == id || id == 0) && r.State == burnlist.ReviewOpen {
			d.reviews[n].State, d.reviews[n].ConcludedAt = state, &now
		}
	}
}

// tick does what Keeper does about the slots at now.
func (d *diary) tick(now time.Time) {
	plan := Due(d.p, d.recent(), now)
	d.put(plan.Record(d.p, d.recent()))
	if plan.Adopt != 0 {
		return
	}
	if plan.Conclude != 0 {
		d.conclude(plan.Conclude, burnlist.ReviewSkipped, now)
	}
	if plan.Slot.IsZero() {
		return
	}
	plan = Due(d.p, d.recent(), now)
	if plan.Slot.IsZero() || plan.Adopt != 0 || plan.Conclude != 0 {
		return
	}
	d.open(plan.Slot, now)
}

// of returns the reviews of a slot.
func (d *diary) of(slot burnlist.Date) []burnlist.Review {
	var of []burnlist.Review
	for _, r := range d.reviews {
		if r.Slot == slot {
			of = append(of, r)
		}
	}
	return of
}

// near returns the review whose slot lies within three days of a date.
func (d *diary) near(date burnlist.Date) (burnlist.Review, bool) {
	for _, r := range d.reviews {
		if !r.Slot.IsZero() && r.Slot >= date-3 && r.Slot <= date+3 {
			return r, true
		}
	}
	return burnlist.Review{}, false
}

// changed changes the product, as the store does it: with another weekday, or
// when it comes back, its slots count anew.
func (d *diary) changed(now time.Time, change func(*burnlist.Product)) {
	before := d.p
	change(&d.p)
	if d.p.Slot.Weekday != before.Slot.Weekday || before.RetiredAt != nil && d.p.RetiredAt == nil {
		d.p.SlotsFrom = now
	}
}

func (d *diary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s, slots from %s", d.p.Slot.Weekday, d.p.Slot.Time, d.p.Zone, d.p.SlotsFrom)
	for _, r := range slices.Backward(d.reviews) {
		opened := "never"
		if r.OpenedAt != nil {
			opened = r.OpenedAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(&b, "\n%d: slot %q, %s, opened %s", r.ID, r.Slot, r.State, opened)
	}
	return b.String()
}

// zoneNames are those of the time zone database that comes with Go.
func zoneNames(t *testing.T) []string {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	database, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	var names []string
	for _, f := range database.File {
		if !strings.HasSuffix(f.Name, "/") {
			names = append(names, f.Name)
		}
	}
	if len(names) < 500 {
		t.Fatalf("the database names %d zones: it is not complete", len(names))
	}
	return names
}

// seeded returns a generator that is the same for a name in every run.
func seeded(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}

func randomSlot(r *rand.Rand) burnlist.Slot {
	return burnlist.Slot{Weekday: strings.ToLower(time.Weekday(r.IntN(7)).String()), Time: fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(60))}
}

// TestEverySlotOfTwoYearsOpensOnceInEveryZone keeps a random slot of each zone,
// looking at random moments and around each slot, with downtimes of up to a
// month. A slot is opened by the first look that lies between it and the next
// one; without such a look it counts as skipped.
func TestEverySlotOfTwoYearsOpensOnceInEveryZone(t *testing.T) {
	weeks, names := 104, zoneNames(t)
	if testing.Short() {
		weeks = 26
	}
	var wg sync.WaitGroup
	todo := make(chan string)
	for range 4 {
		wg.Go(func() {
			for name := range todo {
				keepZone(t, name, weeks)
			}
		})
	}
	for _, name := range names {
		todo <- name
	}
	close(todo)
	wg.Wait()
	t.Logf("%d zones with %d slots each", len(names), weeks)
}

func keepZone(t *testing.T, name string, weeks int) {
	r := seeded(name)
	d := &diary{p: burnlist.Product{Name: "shop", Zone: name, Slot: randomSlot(r), SlotsFrom: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}}
	zone := d.p.Location()
	first := d.p.SlotBefore(d.p.SlotsFrom) + 7
	var looks []time.Time
	for n := range weeks {
		at := d.p.Slot.On(first+burnlist.Date(7*n), zone)
		// The keeper looks at full minutes; slots need not come at one.
		minute := at.Truncate(time.Minute)
		looks = append(looks, minute, minute.Add(time.Minute), burnlist.Instant(at.Add(time.Duration(r.Int64N(int64(6*burnlist.Day))))))
	}
	end := d.p.Slot.On(first+burnlist.Date(7*weeks), zone)
	var down time.Time
	looks = slices.DeleteFunc(looks, func(at time.Time) bool {
		if at.After(down) && r.IntN(30) == 0 {
			down = at.Add(time.Duration(r.Int64N(int64(30 * burnlist.Day))))
		}
		return at.Before(down) || !at.Before(end)
	})
	for _, at := range looks {
		before := len(d.reviews)
		d.tick(at)
		if len(d.reviews) > before && d.p.Slot.On(d.reviews[0].Slot, zone).After(at) {
			t.Errorf("%s: the slot of %s opened at %s, before its time\n%s", name, d.reviews[0].Slot, at, d)
		}
	}

	seen := 0
	for n := range weeks {
		slot := first + burnlist.Date(7*n)
		at, next := d.p.Slot.On(slot, zone), d.p.Slot.On(slot+7, zone)
		if looks[len(looks)-1].Before(at) {
			break // nobody has looked since
		}
		seen++
		var want *time.Time
		for _, look := range looks {
			if !look.Before(at) && look.Before(next) {
				want = &look
				break
			}
		}
		of := d.of(slot)
		switch {
		case len(of) != 1:
			t.Errorf("%s: the slot of %s has %d reviews\n%s", name, slot, len(of), d)
		case want == nil && (of[0].OpenedAt != nil || of[0].State != burnlist.ReviewSkipped):
			t.Errorf("%s: the slot of %s, at which nobody looked, is %+v", name, slot, of[0])
		case want != nil && (of[0].OpenedAt == nil || !of[0].OpenedAt.Equal(*want)):
			t.Errorf("%s: the slot of %s was not opened at %s: %+v", name, slot, want, of[0])
		}
	}
	if len(d.reviews) != seen || seen == 0 {
		t.Errorf("%s: %d reviews of %d slots\n%s", name, len(d.reviews), seen, d)
	}
}

func TestMovingAProductBetweenZonesNeitherRepeatsNorLosesASlot(t *testing.T) {
	if testing.Short() {
		t.Skip("moves a product at hundreds of moments")
	}
	const weeks = 4
	for name, zones := range map[string][2]string{
		"west and back":                  {"Europe/Berlin", "America/Los_Angeles"},
		"east and back":                  {"America/Los_Angeles", "Europe/Berlin"},
		"over the date line and back":    {"Pacific/Auckland", "Pacific/Honolulu"},
		"to the other side of the world": {"Pacific/Pago_Pago", "Pacific/Kiritimati"}, // a day and an hour apart
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, times := range []string{"10:00", "00:00", "23:45"} {
				for move := -72 * time.Hour; move <= 72*time.Hour; move += 13 * time.Hour {
					for back := time.Duration(0); back <= 9*burnlist.Day; back += 31 * time.Hour {
						d := &diary{p: shop()}
						d.p.Zone, d.p.Slot.Time = zones[0], times
						d.p.SlotsFrom = slotAt(d.p, slotDay-7, -time.Hour)
						moved := slotAt(d.p, slotDay+7, move)
						returned := moved.Add(back)
						end := slotAt(d.p, slotDay+7*(weeks-2), 2*burnlist.Day)
						for at := d.p.SlotsFrom; at.Before(end); at = at.Add(7 * time.Hour) {
							d.p.Zone = zones[0]
							if at.After(moved) && at.Before(returned) {
								d.p.Zone = zones[1]
							}
							d.tick(at)
						}
						for n := range weeks {
							if slot := slotDay - 7 + burnlist.Date(7*n); len(d.of(slot)) != 1 || len(d.reviews) != weeks {
								t.Fatalf("moved %s from the slot and back after %s, the slot of %s has %d reviews\n%s", move, back, slot, len(d.of(slot)), d)
							}
						}
					}
				}
			}
		})
	}
}

// TestSlotsAreKeptWhateverPeopleDo lets people and time do anything that the
// API allows, and holds what has come of it against the rules after each look.
func TestSlotsAreKeptWhateverPeopleDo(t *testing.T) {
	zones := []string{"Europe/Berlin", "America/Los_Angeles", "Pacific/Auckland", "Pacific/Pago_Pago", "Australia/Lord_Howe", "UTC", "America/St_Johns"}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 200*24*60).Draw(t, "start")) * time.Minute)
		weekday := rapid.Map(rapid.IntRange(0, 6), func(n int) string { return strings.ToLower(time.Weekday(n).String()) })
		clock := rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
		})
		d := &diary{p: burnlist.Product{
			Name: "shop", Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
			Slot: burnlist.Slot{Weekday: weekday.Draw(t, "weekday"), Time: clock.Draw(t, "time")}, SlotsFrom: now,
		}}
		looked := now
		owed := map[burnlist.Date]bool{} // slots that came since the product was last changed

		look := func() {
			before := slices.Clone(d.reviews)
			zone := d.p.Location()
			latest := d.p.SlotBefore(now)
			if d.p.RetiredAt == nil {
				for slot := latest; d.p.Slot.On(slot, zone).After(d.p.SlotsFrom) && d.p.Slot.On(slot, zone).After(looked); slot -= 7 {
					owed[slot] = true
				}
			}
			looked = now
			d.tick(now)
			for _, r := range before {
				of := d.reviews[slices.IndexFunc(d.reviews, func(o burnlist.Review) bool { return o.ID == r.ID })]
				if r.State != burnlist.ReviewOpen && of.State != r.State || !r.Slot.IsZero() && of.Slot != r.Slot {
					t.Fatalf("review %d became %s of slot %q\n%s", r.ID, of.State, of.Slot, d)
				}
			}
			if d.p.RetiredAt != nil {
				if len(d.reviews) != len(before) {
					t.Fatalf("a review of a retired product\n%s", d)
				}
				return
			}
			var opened []int64 // what people opened within half an interval
			for _, r := range before {
				if r.Slot.IsZero() && r.Held() && r.OpenedAt.Sub(d.p.Slot.On(latest, zone)).Abs() <= 84*time.Hour {
					opened = append(opened, r.ID)
				}
			}
			for _, r := range d.reviews[:len(d.reviews)-len(before)] {
				if d.p.Slot.On(r.Slot, zone).After(now) {
					t.Fatalf("the slot of %s opened before its time\n%s", r.Slot, d)
				}
				if r.Slot == latest && len(opened) > 0 {
					t.Fatalf("a second review of the slot of %s, near which people opened %d\n%s", latest, opened, d)
				}
				if r.State == burnlist.ReviewOpen && r.Slot != latest || r.State == burnlist.ReviewSkipped && r.Slot == latest {
					t.Fatalf("not the latest slot was opened\n%s", d)
				}
			}
			if of, ok := d.near(latest); ok && of.State == burnlist.ReviewCancelled {
				return // what passed before it is told with the next one
			}
			for slot := range owed {
				if _, ok := d.near(slot); !ok {
					t.Fatalf("the slot of %s was lost\n%s", slot, d)
				}
			}
		}
		rules := func() {
			open := 0
			for n, r := range d.reviews {
				if r.State == burnlist.ReviewOpen {
					open++
				}
				for _, o := range d.reviews[:n] {
					if !r.Slot.IsZero() && !o.Slot.IsZero() && max(r.Slot-o.Slot, o.Slot-r.Slot) <= 3 {
						t.Fatalf("reviews %d and %d within three days\n%s", r.ID, o.ID, d)
					}
				}
			}
			if open > 1 {
				t.Fatalf("%d reviews are open\n%s", open, d)
			}
		}
		change := func(f func(*burnlist.Product)) {
			look()
			clear(owed)
			d.changed(now, f)
		}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			switch rapid.IntRange(0, 17).Draw(t, "step") {
			case 0, 1, 2, 3, 4, 5: // time passes, the keeper looks
				for range rapid.IntRange(1, 4).Draw(t, "looks") {
					now = now.Add(time.Duration(rapid.IntRange(1, 2*24*60).Draw(t, "minutes")) * time.Minute)
					look()
				}
			case 6: // to the very slot
				now = d.p.Slot.On(d.p.SlotBefore(now)+7, d.p.Location())
				look()
			case 7: // nobody keeps the slots
				now = now.Add(time.Duration(rapid.IntRange(1, 35*24*60).Draw(t, "down")) * time.Minute)
			case 8, 9:
				d.open(0, now)
			case 10:
				d.conclude(0, burnlist.ReviewAttended, now)
			case 11:
				d.conclude(0, burnlist.ReviewSkipped, now)
			case 12: // a slot to come, or the one whose review is open
				slot := d.p.SlotBefore(now) + burnlist.Date(7*rapid.IntRange(0, 3).Draw(t, "weeks"))
				r, err := Cancel(d.p, d.recent(), slot, "an offsite", burnlist.Author{Actor: "ana@example.org", At: now})
				if code := burnlist.CodeOf(err); code != "" && code != burnlist.Conflict && code != burnlist.Invalid {
					t.Fatal(err)
				}
				if err == nil {
					d.put([]burnlist.Review{r})
				}
			case 13, 14:
				zone := rapid.SampledFrom(zones).Draw(t, "new zone")
				change(func(p *burnlist.Product) { p.Zone = zone })
			case 15:
				day, at := weekday.Draw(t, "new weekday"), clock.Draw(t, "new time")
				change(func(p *burnlist.Product) { p.Slot = burnlist.Slot{Weekday: day, Time: at} })
			case 16:
				at := clock.Draw(t, "new time")
				change(func(p *burnlist.Product) { p.Slot.Time = at })
			case 17:
				change(func(p *burnlist.Product) {
					if p.RetiredAt == nil {
						p.RetiredAt = new(now)
					} else {
						p.RetiredAt = nil
					}
				})
			}
			rules()
		}
		look()
		rules()
		// Left alone, a product has its review within two weeks.
		if d.p.RetiredAt == nil {
			for range 15 {
				now = now.Add(burnlist.Day)
				look()
			}
			if !slices.ContainsFunc(d.reviews, func(r burnlist.Review) bool { return r.Slot >= d.p.Today(now)-15 }) {
				t.Fatalf("no review for two weeks\n%s", d)
			}
		}
	})
}

func TestAProductThatComesBackKeepsItsSlotsFromThen(t *testing.T) {
	d := &diary{p: shop()}
	d.p.SlotsFrom = slotAt(d.p, slotDay, -time.Hour)
	d.tick(slotAt(d.p, slotDay, 0))
	d.conclude(0, burnlist.ReviewAttended, slotAt(d.p, slotDay, time.Hour))
	d.changed(slotAt(d.p, slotDay, burnlist.Day), func(p *burnlist.Product) { p.RetiredAt = new(slotAt(*p, slotDay, burnlist.Day)) })
	d.tick(slotAt(d.p, slotDay+7, 0))
	d.tick(slotAt(d.p, slotDay+14, 0))
	d.changed(slotAt(d.p, slotDay+14, time.Hour), func(p *burnlist.Product) { p.RetiredAt = nil })
	d.tick(slotAt(d.p, slotDay+14, 2*time.Hour))
	if len(d.reviews) != 1 {
		t.Errorf("before its first slot after that:\n%s", d)
	}
	d.tick(slotAt(d.p, slotDay+21, 0))
	if len(d.reviews) != 2 || d.reviews[0].Slot != slotDay+21 {
		t.Errorf("at its first slot after that:\n%s", d)
	}
}

func TestACancelledSlotStaysCancelled(t *testing.T) {
	d := &diary{p: shop()}
	d.p.SlotsFrom = slotAt(d.p, slotDay-7, -time.Hour)
	d.tick(slotAt(d.p, slotDay-7, 0))
	r, err := Cancel(d.p, d.recent(), slotDay, "an offsite", burnlist.Author{Actor: "ana@example.org", At: slotAt(d.p, slotDay-7, time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	d.put([]burnlist.Review{r})
	for hours := range 6 * 24 {
		if hours == 12 {
			d.p.Zone = "America/Los_Angeles" // where the slot is still to come
		}
		d.tick(slotAt(shop(), slotDay, time.Duration(hours)*time.Hour))
	}
	if of := d.of(slotDay); len(of) != 1 || of[0].State != burnlist.ReviewCancelled || len(d.reviews) != 2 {
		t.Errorf("after the slot:\n%s", d)
	}
	d.tick(slotAt(d.p, slotDay+7, 0))
	if of := d.of(slotDay + 7); len(of) != 1 || of[0].State != burnlist.ReviewOpen {
		t.Errorf("at the next slot:\n%s", d)
	}
}
