package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/config"
)

func serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the queue, the API and the page",
		Long: `Serve the queue, the API and the page.

Settings come from a YAML file, from BURNLIST_… variables of the environment
and from flags. A flag wins over the environment, and that over the file.`,
		Args: cobra.NoArgs,
	}
	file := cmd.Flags().String("config", "", "settings file (YAML)")
	config.AddFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		settings, err := config.Load(*file, cmd.Flags(), os.Environ())
		if err != nil {
			return err
		}
		log := logger(cmd.ErrOrStderr(), settings)
		a, err := open(cmd.Context(), settings, log)
		if err != nil {
			return err
		}
		return a.serve(cmd.Context(), func(url string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "burnlist serves", url)
			return err
		})
	}
	return cmd
}

func logger(w io.Writer, s *config.Settings) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // the settings were checked
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

func now() time.Time { return burnlist.Instant(time.Now()) }
