package burnlist

import "slices"

// Undo returns the items that a decision of a review changed as they were
// before it, and the items that it made as duplicates of the one that it was
// made of. Now are the items as they are, by id. It fails with Conflict if the
// decision was undone already, the review is over, or one of the items was
// changed since.
func (d ReviewDecision) Undo(r Review, now map[int64]Item, by Author) ([]Item, error) {
	switch {
	case r.State != ReviewOpen:
		return nil, Errorf(Conflict, "review %d is %s: what it decided stands; decide anew", r.ID, r.State)
	case !d.Stands():
		return nil, Errorf(Conflict, "decision %d of review %d was undone already, by %s", d.ID, r.ID, d.UndoneBy)
	}
	for id, version := range d.After {
		if now[id].Version != version {
			return nil, Errorf(Conflict, "item %d was changed since: take back what was decided of it after this first, or decide of it anew", id)
		}
	}
	var undone []Item
	before := map[int64]bool{}
	for _, i := range d.Before {
		before[i.ID] = true
		i.Version = now[i.ID].Version
		i.UpdatedAt = by.At
		undone = append(undone, i)
	}
	for id := range d.After {
		if before[id] {
			continue
		}
		i := now[id]
		i.Status, i.Closing = Duplicate, &Closing{At: by.At, Actor: by.Actor, On: Product{Zone: r.Zone}.Today(by.At), Reason: "the split was undone", Of: d.Item}
		undone = append(undone, i.touched(by))
	}
	slices.SortFunc(undone, func(a, b Item) int { return int(a.ID - b.ID) })
	return undone, nil
}
