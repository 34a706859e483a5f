package burnlist

import "time"

// ItemView is an item as others see it: with what follows from its service, and
// without what burnlist only keeps to judge it by.
type ItemView struct {
	ID int64 `json:"id"`
	ItemFields
	Product    string     `json:"product"`
	Team       NullString `json:"team" nullable:"true"`
	Promised   Date       `json:"promised" nullable:"true" format:"date"`
	Rollovers  Rollovers  `json:"rollovers"`
	Reviewed   *time.Time `json:"last_reviewed"` // somebody last decided of it
	Status     Status     `json:"status" enum:"open,done,deprioritised,duplicate"`
	Commitment bool       `json:"commitment"`
	Closing    *Closing   `json:"closing"`                               // set unless the item is open
	Snoozed    Date       `json:"snoozed" nullable:"true" format:"date"` // until this day it is out of the way
	Returned   *Return    `json:"returned"`                              // why it came back by itself
	Origin     *int64     `json:"origin"`                                // the item that it was split off
	Version    int64      `json:"version"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
}

// Rollovers counts an item's rollovers.
type Rollovers struct {
	Streak int `json:"streak"` // since the last honest renegotiation
	Total  int `json:"total"`
}

// View joins an item with its service.
func (i Item) View(s Service) ItemView {
	v := ItemView{
		ID: i.ID, ItemFields: i.ItemFields, Product: s.Product, Team: s.Team,
		Promised: i.Facts.Promised, Rollovers: Rollovers{i.Facts.Streak, i.Facts.Total}, Reviewed: i.Facts.LastReviewed,
		Status: i.Status, Commitment: i.Commitment(), Closing: i.Closing, Returned: i.Return,
		Version: i.Version, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
	if i.Snooze != nil {
		v.Snoozed = i.Snooze.Until
	}
	if i.Origin != 0 {
		v.Origin = new(i.Origin)
	}
	return v
}
