package prioritizer

// tally counts the open items of a service or a product. It changes with each
// item, while the place that entries refer to stays.
type tally struct {
	tiers       [len(tierNames)]int // by tier
	overdue     int
	commitments int // with an owner and a due date
	inDate      int // commitments that are not overdue
	unlinked    int // that name no SLO
}

// add counts an entry n times: -1 takes it out again.
func (t *tally) add(r *Ranked, n int) {
	t.tiers[r.Tier] += n
	late := r.Item.DaysOverdue(r.place.agenda.today) > 0
	if late {
		t.overdue += n
	}
	if r.Item.Commitment() {
		t.commitments += n
		if !late {
			t.inDate += n
		}
	}
	if r.Item.SLO == "" {
		t.unlinked += n
	}
}

// sum adds another tally.
func (t *tally) sum(o *tally) {
	for tier := range t.tiers {
		t.tiers[tier] += o.tiers[tier]
	}
	t.overdue += o.overdue
	t.commitments += o.commitments
	t.inDate += o.inDate
	t.unlinked += o.unlinked
}

// open returns how many items are open.
func (t *tally) open() int {
	n := 0
	for _, open := range t.tiers {
		n += open
	}
	return n
}

// served is a service with what its open items come to.
type served struct {
	*place
	tally
	linked map[string]int // open items that name an SLO, by its name; nil if none does
}

// count counts an entry n times: -1 takes it out again.
func (s *served) count(r *Ranked, n int) {
	s.tally.add(r, n)
	if r.Item.SLO == "" {
		return
	}
	if s.linked == nil {
		s.linked = map[string]int{}
	}
	s.linked[string(r.Item.SLO)] += n
}

// held is a product with what its open items come to.
type held struct {
	*agenda
	tally
}
