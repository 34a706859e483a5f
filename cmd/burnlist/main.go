// Command burnlist tells a weekly reliability review which postmortem action
// items to do first, by live error budget.
//
// This package wires the others together and decides nothing itself.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata" // so that zones are known where the system has none

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// Once it stops, the next signal ends it at once, as it would end any program.
	context.AfterFunc(ctx, stop)
	err := command().ExecuteContext(ctx)
	stop()
	if err != nil {
		if said := explain(err); said != "" {
			fmt.Fprintln(os.Stderr, "burnlist:", said)
		}
		os.Exit(exitCode(err))
	}
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:           "burnlist",
		Short:         "Rank postmortem action items by live error budget",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs, // so that a mistyped command is an error
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.AddCommand(
		serveCommand(), demoCommand(), reviewCommand(), queueCommand(), itemsCommand(), itemCommand(), budgetsCommand(),
		applyCommand(), checkCommand(), exportCommand(), importCommand(), versionCommand(), readyCommand(),
	)
	markUsage(root)
	return root
}
