package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// readyCommand asks a running server whether it is ready, for health checks in
// images that hold nothing but this program.
func readyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:    "ready",
		Short:  "Ask a running server whether it is ready",
		Args:   cobra.NoArgs,
		Hidden: true,
	}
	url := cmd.Flags().String("url", "http://127.0.0.1:8080/readyz", "what to ask")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		req, err := http.NewRequestWithContext(cmd.Context(), http.MethodGet, *url, http.NoBody)
		if err != nil {
			return fmt.Errorf("ask %s: %w", *url, err)
		}
		client := http.Client{Timeout: 5 * time.Second}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", *url, resp.Status)
		}
		return nil
	}
	return cmd
}
