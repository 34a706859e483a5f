package demo

import "github.com/burnlist/burnlist"

// newCluster is the evening on which invoicing moved to other servers, as it
// was announced, and hardly answered meanwhile.
func newCluster(t timeline) bump {
	return bump{t.at("invoicing", -5, 17, 0), t.at("invoicing", -5, 21, 0), 0.9}
}

// exclusions are what people asked not to hold against a service. One was
// granted before it happened; the other was wishful thinking.
func exclusions(t timeline) []burnlist.Exclusion {
	move := newCluster(t)
	return []burnlist.Exclusion{
		{
			SLO: "invoicing-availability", Start: move.from, End: move.to, Reason: burnlist.Maintenance,
			Note:   "Invoicing moves to the new database cluster. Announced to finance and to all depots a week ahead.",
			Author: hana, CreatedAt: t.at("invoicing", -12, 10, 20),
		},
		{
			SLO: "search-availability", Start: searchOutage.start(t), End: searchOutage.end(t), Reason: burnlist.Dependency,
			Note:   "The hosting provider had moved the node to a slower host.",
			Author: chiara, CreatedAt: t.at("search", -1, 9, 40),
			RemovedAt: new(t.at("search", -1, 14, 10)), RemovedBy: setup,
		},
	}
}
