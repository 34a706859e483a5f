package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist/manifest"
)

func exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write products, services, SLOs, items and the policy as a file for apply",
		Long: `Write everything that burnlist apply reads as one YAML document, retired things
and closed items included. Applied to the same server it changes nothing;
applied to an empty one it makes the same there. docs/files.md says what a file
cannot hold.`,
		Example: `  burnlist export -o burnlist.yaml`,
		Args:    cobra.NoArgs,
	}
	r := newRemote(cmd)
	file := cmd.Flags().StringP("output", "o", "", "file to write instead of stdout; it is replaced")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		m, err := manifest.Export(cmd.Context(), r.Client)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := m.Write(&text); err != nil {
			return err
		}
		if *file == "" {
			_, err = cmd.OutOrStdout().Write(text.Bytes())
			return err
		}
		if err := os.WriteFile(*file, text.Bytes(), 0o644); err != nil { //nolint:gosec // it holds no secret, and is meant for others to read
			return fmt.Errorf("write what was exported: %w", err)
		}
		return nil
	}
	return cmd
}
