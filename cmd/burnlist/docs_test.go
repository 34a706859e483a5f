package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

var (
	documentedCommand = regexp.MustCompile("(?m)^### `(.+)`$")
	documentedFlag    = regexp.MustCompile("`--([a-z0-9-]+)`")
)

// TestEveryCommandAndFlagIsDocumented holds docs/commands.md against the
// commands, both ways.
func TestEveryCommandAndFlagIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string][]string{} // the flags of each command
	for section := range strings.SplitSeq(string(text), "\n### ") {
		head := documentedCommand.FindStringSubmatch("### " + strings.SplitN(section, "\n", 2)[0])
		if head == nil {
			continue
		}
		documented[head[1]] = []string{}
		for line := range strings.Lines(section) {
			if !strings.HasPrefix(line, "|") {
				continue
			}
			for _, flag := range documentedFlag.FindAllStringSubmatch(strings.SplitN(line, "|", 3)[1], -1) {
				documented[head[1]] = append(documented[head[1]], flag[1])
			}
		}
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
		if cmd.HasSubCommands() || cmd.Hidden {
			return
		}
		name := strings.TrimSuffix(cmd.UseLine(), " [flags]")
		want, ok := documented[name]
		if !ok {
			t.Errorf("there is no section of `%s`", name)
			return
		}
		delete(documented, name)
		var have []string
		visit := func(f *pflag.Flag) {
			if !slices.Contains([]string{"help", "server", "actor"}, f.Name) {
				have = append(have, f.Name)
			}
		}
		cmd.LocalFlags().VisitAll(visit)
		cmd.InheritedFlags().VisitAll(visit)
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("`%s` has the flags %q, and its section %q", name, have, want)
		}
	}
	walk(command())
	for name := range documented {
		t.Errorf("there is no command `%s`", name)
	}
}
