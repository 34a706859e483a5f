package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist/manifest"
	"github.com/burnlist/burnlist/prioritizer"
)

func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Say what is wrong with files before they are applied, without a server",
		Long: `Read the files that burnlist apply reads, and say everything that is wrong with
them: form, values, PromQL, and what they name. No server is asked. It ends
with 4 if there is a problem.`,
		Example: `  burnlist check slos.yaml services/`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := readFiles(cmd, args)
			if err != nil {
				return err
			}
			problems, notes := manifest.Check(m, now())
			out, diagnostics := &printer{w: cmd.OutOrStdout()}, &printer{w: cmd.ErrOrStderr()}
			out.refusals(notes)
			diagnostics.refusals(problems)
			if err := errors.Join(out.err, diagnostics.err); err != nil {
				return err
			}
			if len(problems) > 0 {
				return &exit{exitDiffers, errors.New(prioritizer.Count(len(problems), "problem"))}
			}
			out.printf("%s, %s, %s and %s: no problem\n", prioritizer.Count(len(m.Products), "product"),
				prioritizer.Count(len(m.Services), "service"), prioritizer.Count(len(m.SLOs), "SLO"), prioritizer.Count(len(m.Items), "item"))
			return out.err
		},
	}
}
