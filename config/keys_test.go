package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/burnlist/burnlist"
)

// keys returns the keys that can be written into a value of type t, those of
// sections and of list elements with a dot.
func keys(t reflect.Type) []string {
	var all []string
	for field := range t.Fields() {
		name, option, _ := strings.Cut(field.Tag.Get("mapstructure"), ",")
		inner := field.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		switch {
		case option == "squash":
			all = append(all, keys(inner)...)
		case inner.Kind() == reflect.Struct && inner != reflect.TypeFor[burnlist.Slot](): // which is written as a text
			all = append(all, name)
			for _, below := range keys(inner) {
				all = append(all, name+"."+below)
			}
		default:
			all = append(all, name)
		}
	}
	return all
}

func TestEveryTopKeyHasADefault(t *testing.T) {
	var got []string
	for key := range defaults() {
		got = append(got, key)
	}
	var want []string
	for _, key := range keys(reflect.TypeFor[document]()) {
		if !strings.Contains(key, ".") {
			want = append(want, key)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys with a default (-want +got):\n%s", diff)
	}
}

func TestEveryFlagSetsAKey(t *testing.T) {
	flags := pflag.NewFlagSet("burnlist", pflag.ContinueOnError)
	AddFlags(flags)
	known := map[string]bool{}
	for key := range defaults() {
		known[flagOf(key)] = true
	}
	flags.VisitAll(func(f *pflag.Flag) {
		if !known[f.Name] {
			t.Errorf("--%s sets nothing", f.Name)
		}
	})
}

func TestEveryKeyIsDocumented(t *testing.T) {
	example, err := os.ReadFile("burnlist.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	manual, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys(reflect.TypeFor[document]()) {
		last := key[strings.LastIndexByte(key, '.')+1:]
		if !regexp.MustCompile(`(?m)[ #-]?` + last + `\b`).Match(example) {
			t.Errorf("%s is not in the example", key)
		}
		if !strings.Contains(string(manual), "`"+key+"`") {
			t.Errorf("%s is not in docs/configuration.md", key)
		}
		if !strings.Contains(key, ".") && key != "sources" && key != "notify" && !strings.Contains(string(manual), variableOf(key)) {
			t.Errorf("%s is not in docs/configuration.md", variableOf(key))
		}
	}
}

func TestExampleLoadsAndShowsTheDefaults(t *testing.T) {
	got, err := Load("burnlist.example.yaml", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := Load("", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	sources := got.Sources
	got.Sources = bare.Sources
	if diff := cmp.Diff(bare, got); diff != "" {
		t.Errorf("the example differs from the defaults (-default +example):\n%s", diff)
	}
	if len(sources) != 2 || sources[0].Timeout != defaultTimeout || sources[0].Liveness != defaultLiveness {
		t.Errorf("sources of the example are %+v", sources)
	}
}

// TestExampleLoadsWithEveryKey reads the example with all that is commented
// out in it, so that no key there is misspelled: only what cannot stand beside
// each other, or is not on this machine, may be refused.
func TestExampleLoadsWithEveryKey(t *testing.T) {
	example, err := os.ReadFile("burnlist.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	full := regexp.MustCompile(`(?m)^( *)#([a-z-])`).ReplaceAll(example, []byte("$1$2"))
	file := t.TempDir() + "/full.yaml"
	if err := os.WriteFile(file, full, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Load(file, nil, nil)
	if err == nil {
		t.Fatal("accepted, though its files do not exist")
	}
	for _, wrong := range []string{"is no setting", "is not a", "write ", "out of range"} {
		if strings.Contains(err.Error(), wrong) {
			t.Errorf("a commented-out key is wrong: %v", err)
		}
	}
}
