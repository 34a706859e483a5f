package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist/client"
)

// What the program ends with, for scripts.
const (
	exitFailed  = 1 // the server or the network failed, or anything else that is not below
	exitUsage   = 2 // flags or arguments are wrong; nothing was sent
	exitRefused = 3 // the server refused the request
	exitDiffers = 4 // what was compared is not alike, what was checked is not sound
)

// exit is an error that says what the program ends with. Without an error in it
// everything was said already.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// usagef is the error of wrong flags or arguments.
func usagef(format string, args ...any) error {
	return &exit{exitUsage, fmt.Errorf(format, args...)}
}

// exitCode returns what the program ends with after err.
func exitCode(err error) int {
	if err == nil {
		return 0
	}
	if e, ok := errors.AsType[*exit](err); ok {
		return e.code
	}
	if p, ok := errors.AsType[*client.Problem](err); ok && p.Refused() {
		return exitRefused
	}
	if errors.Is(err, client.ErrNoActor) {
		return exitUsage
	}
	return exitFailed
}

// explain says an error to the person at the terminal.
func explain(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted"
	}
	if _, ok := errors.AsType[*client.Unanswered](err); ok {
		return fmt.Sprintf("%v\nburnlist does not answer: start it with burnlist serve, or give --server", err)
	}
	if errors.Is(err, client.ErrNoActor) {
		return "say who you are: give --actor, or set BURNLIST_ACTOR"
	}
	return err.Error()
}

// markUsage makes the errors that cobra finds in flags and arguments, of cmd
// and everything below it, end the program with exitUsage.
func markUsage(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exit{exitUsage, err} })
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return &exit{exitUsage, err}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		markUsage(sub)
	}
}
