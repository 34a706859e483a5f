package prioritizer

// Filter says which entries of a queue are wanted. An empty field wants all.
type Filter struct {
	Product, Team, Service, Owner string // compared exactly
	Tier                          Tier
	Warning                       Code // of an item
	PerService                    int  // keep only the first so many of each service
}

// Select returns the positions in Entries of those that match the filter, in
// the order of the queue. The slice is the caller's.
func (q *Queue) Select(f Filter) []int {
	picked := []int{}
	taken := map[*place]int{}
	for i := range q.Entries {
		r := &q.Entries[i]
		if !f.matches(r) {
			continue
		}
		if f.PerService > 0 {
			if taken[r.place] == f.PerService {
				continue
			}
			taken[r.place]++
		}
		picked = append(picked, i)
	}
	return picked
}

func (f Filter) matches(r *Ranked) bool {
	return (f.Tier == 0 || f.Tier == r.Tier) &&
		(f.Warning == 0 || r.Warnings.Has(f.Warning)) &&
		(f.Product == "" || f.Product == r.place.agenda.name) &&
		(f.Service == "" || f.Service == r.Item.Service) &&
		(f.Team == "" || f.Team == string(r.place.service.Team)) &&
		(f.Owner == "" || f.Owner == string(r.Item.Owner))
}
