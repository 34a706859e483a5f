package prioritizer

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/burnlist/burnlist"
)

// agenda is a product as one rank sees it. It is immutable.
type agenda struct {
	name       string
	retired    bool
	zone       *time.Location
	today      burnlist.Date // by which dates are read
	judged     burnlist.Date // on which budgets were judged; the same, unless dates are read as of another moment
	freshSince time.Time     // what no person has changed since then is stale
	newSince   time.Time     // what was created before it has had its time to be reviewed
}

// same reports whether an item that one rank saw on a is seen in the same way
// on b.
func (a *agenda) same(b *agenda) bool {
	return a.name == b.name && a.retired == b.retired && a.zone.String() == b.zone.String() && a.today == b.today && a.judged == b.judged &&
		a.freshSince.Equal(b.freshSince) && a.newSince.Equal(b.newSince)
}

// place is a service as one rank sees it. It is immutable once it is surveyed;
// what its items come to is counted apart from it.
type place struct {
	service *burnlist.Service
	agenda  *agenda
	inForce []*burnlist.SLO // by name
	slos    []*judged       // the same, judged
	worst   *judged         // the one that decides; nil if none ranks
	// steepest reaches furthest of those that rank and are known. It earns the
	// budget points of the whole service: were they the worst one's, an SLO that
	// becomes exhausted could take points from the service by becoming the worst
	// in place of one with a higher forecast.
	steepest *judged
	lost     time.Time // when the last SLO that ranked was retired, or else the service created
}

// same reports whether every item of the service says the same in both.
func (p *place) same(o *place) bool {
	return p.service == o.service && p.agenda.same(o.agenda) && p.lost.Equal(o.lost) &&
		slices.EqualFunc(p.slos, o.slos, (*judged).same)
}

// judged is an SLO as one rank sees it. The nil judged stands for an SLO that
// a service lacks.
type judged struct {
	slo     *burnlist.SLO
	figures *burnlist.Figures // nil unless measured with the current indicator
	remade  bool              // measured, but with an earlier indicator
	verdict burnlist.Verdict
	// Which of the figures' moments lie ahead of the rank: sentences say so.
	recovers, runsOut bool
}

func (j *judged) same(o *judged) bool {
	return j.slo == o.slo && j.figures == o.figures && j.remade == o.remade && j.verdict == o.verdict &&
		j.recovers == o.recovers && j.runsOut == o.runsOut
}

// judge measures an SLO against the policy. Figures of another ledger count
// other events than the SLO does now, so they count as absent.
func judge(w *burnlist.World, s *burnlist.SLO, now time.Time) *judged {
	j := &judged{slo: s}
	if f := w.Budgets.Figures[s.Name]; f != nil {
		if f.Ledger == s.Ledger {
			j.figures = f
			j.recovers = f.RecoversAt != nil && f.RecoversAt.After(now)
			j.runsOut = f.ExhaustsAt != nil && f.ExhaustsAt.After(now)
		} else {
			j.remade = true
		}
	}
	j.verdict = w.Policy.Judge(j.measured(), now)
	return j
}

func (j *judged) name() string {
	if j == nil {
		return ""
	}
	return j.slo.Name
}

func (j *judged) judgement() burnlist.Verdict {
	if j == nil {
		return burnlist.Verdict{State: burnlist.Unknown, Reason: burnlist.NoSLO}
	}
	return j.verdict
}

func (j *judged) measured() burnlist.Figures {
	if j == nil || j.figures == nil {
		return burnlist.Figures{}
	}
	return *j.figures
}

// forecast returns the forecast as it compares with others: unknown is lowest.
func (j *judged) forecast() float64 {
	if j == nil || j.figures == nil {
		return math.Inf(-1)
	}
	return j.figures.Forecast.Or(math.Inf(-1))
}

// outlook returns the forecast, or what is consumed already where that is all
// that is known.
func (j *judged) outlook() float64 {
	if j == nil || j.figures == nil {
		return 0
	}
	return j.figures.Forecast.Or(j.figures.Consumed.Or(0))
}

// reach returns what an SLO in a known state earns budget points for: its
// outlook, but no more than the whole budget if only a handful of bad events
// made it so.
func (j *judged) reach() float64 {
	if j.judgement().LowTraffic {
		return min(j.outlook(), 1)
	}
	return j.outlook()
}

// worse reports whether j rather than o decides for a service that has both.
func (j *judged) worse(o *judged) bool {
	if o == nil {
		return true
	}
	return cmp.Or(
		cmp.Compare(j.verdict.State.Urgency(), o.verdict.State.Urgency()),
		cmp.Compare(j.forecast(), o.forecast()),
		cmp.Compare(o.slo.Name, j.slo.Name),
	) > 0
}

// add takes an SLO of the service in. SLOs come in the order of their names.
func (p *place) add(j *judged) {
	p.slos = append(p.slos, j)
	if !j.slo.Ranks() {
		return
	}
	if j.worse(p.worst) {
		p.worst = j
	}
	if j.verdict.State != burnlist.Unknown && (p.steepest == nil || j.reach() > p.steepest.reach()) {
		p.steepest = j
	}
}

func (p *place) verdict() burnlist.Verdict { return p.worst.judgement() }

// decides returns the SLO that sets the tier of an item of the service, and
// whether that is the one that the item names.
func (p *place) decides(item *burnlist.Item) (decides *judged, own bool) {
	if item.SLO == "" {
		return p.worst, false // all that may rank decide
	}
	for _, j := range p.slos {
		if j.slo.Name == string(item.SLO) && slices.Contains(item.Deciding(p.inForce), j.slo) {
			return j, true
		}
	}
	return p.worst, false
}
