package burnlist

import "time"

// Message is a text for one target outside. Its id stays the same however
// often it is sent, so that the receiver can tell a repetition.
type Message struct {
	ID        string // such as "review-12"; unique for its target
	Target    string
	Product   string
	Subject   string
	Markdown  string
	HTML      string
	Slack     string // in Slack's markup
	CreatedAt time.Time

	Sequence  int64 // order within the target, given by the store
	Attempts  int   // that failed
	LastError string
}
