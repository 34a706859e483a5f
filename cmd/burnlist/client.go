package main

import (
	"cmp"
	"os"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist/client"
)

// remote is the burnlist that a command asks. The client is there once the
// command runs.
type remote struct {
	*client.Client
	server, actor string // as the flags say
}

// newRemote gives a command and those below it the flags that say which server
// to ask and who asks.
func newRemote(cmd *cobra.Command) *remote {
	r := &remote{}
	cmd.PersistentFlags().StringVar(&r.server, "server", "", "address of burnlist (else $BURNLIST_SERVER, else http://127.0.0.1:8080)")
	cmd.PersistentFlags().StringVar(&r.actor, "actor", "", "who you are, recorded with what you write (else $BURNLIST_ACTOR, else $USER)")
	cmd.PersistentPreRunE = func(*cobra.Command, []string) error { return r.connect() }
	return r
}

func (r *remote) connect() error {
	server := cmp.Or(r.server, os.Getenv("BURNLIST_SERVER"), "http://127.0.0.1:8080")
	actor := cmp.Or(r.actor, os.Getenv("BURNLIST_ACTOR"), os.Getenv("USER"))
	if strings.ContainsFunc(actor, unicode.IsControl) {
		return usagef("%q cannot be the name of a person: give --actor as in ana@example.org", actor)
	}
	c, err := client.New(server, client.Actor(actor))
	if err != nil {
		return usagef("%w, in --server or BURNLIST_SERVER", err)
	}
	r.Client = c
	return nil
}
