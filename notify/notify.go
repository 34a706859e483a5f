// Package notify delivers messages to targets outside: a webhook that
// understands what Slack does, or mail by SMTP.
//
// It decides when a message is tried again and when it is given up. It does
// not know what messages are about, nor where they wait: that is the outbox.
//
// A message is delivered at least once. A second time it arrives if burnlist
// died, or was stopped, between sending it and recording that; if the record
// could not be written for as long as the claim lasted; or if the receiver took
// it and its answer was late or lost. Its id tells: it is the same in each
// attempt, in the header Burnlist-Message-Id and, of mail, in the Message-ID.
package notify

import (
	"context"
	"time"

	"github.com/burnlist/burnlist"
)

// Outbox is where messages wait. Its methods may be called concurrently.
type Outbox interface {
	// ClaimMessage hands out the oldest undelivered message of a target, if it
	// is due at now and nobody else holds it, and holds it until the given time.
	// It returns false if there is none: a younger message never overtakes.
	ClaimMessage(ctx context.Context, target string, now, until time.Time) (burnlist.Message, bool, error)
	// MessageDelivered records that the claimed message arrived.
	MessageDelivered(ctx context.Context, m burnlist.Message, now time.Time) error
	// MessageFailed records a failed attempt and when to try again; a zero retry
	// gives the message up, so that those behind it can go.
	MessageFailed(ctx context.Context, m burnlist.Message, cause string, now, retry time.Time) error
}

// Target is where messages go. Exactly one of Webhook and Mail is set.
type Target struct {
	Name    string // as messages name it; unique
	Webhook *Webhook
	Mail    *Mail
}

// Webhook takes messages by POST, as JSON with the member "text".
type Webhook struct {
	URL     string        // is a secret: it is neither logged nor part of an error
	Timeout time.Duration // of one attempt; 10 s if it is zero
}

// Mail is a mailbox, or several, and the server that takes mail for them.
type Mail struct {
	Host     string
	Port     int // the usual one of TLS if it is zero: 587, 465 or 25
	Username string
	Password string
	From     string
	To       []string
	TLS      string        // starttls (also if empty), tls or none
	Timeout  time.Duration // of one attempt; 10 s if it is zero
	CAFile   string        // the authority that signed the server's certificate; the system's if empty
}

// defaultTimeout is the time for one attempt of a target that does not say.
const defaultTimeout = 10 * time.Second

// What became of an attempt, as it is observed.
const (
	delivered = "delivered"
	failed    = "failed" // and will be tried again
	givenUp   = "given_up"
)
