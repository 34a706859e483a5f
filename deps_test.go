package burnlist_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/burnlist/burnlist"

// mayImport is the structure of the module: which of its packages each one may
// import. A package that is not listed may not exist.
var mayImport = map[string][]string{
	"":                    {},
	"budget":              {""},
	"prioritizer":         {""},
	"review":              {"", "prioritizer"},
	"notify":              {""},
	"store":               {""},
	"config":              {""},
	"manifest":            {"", "budget", "client", "config"},
	"api":                 {"", "prioritizer", "review", "store", "budget"},
	"web":                 {"", "prioritizer", "review", "store", "budget"},
	"client":              {"", "prioritizer", "review"},
	"cmd/burnlist":        {"*"},
	"internal/promengine": {},
	"internal/demo":       {"", "budget", "prioritizer", "review", "store", "internal/promengine"},
	"internal/bench":      {},
	"internal/pgtest":     {},
	"internal/promtest":   {"internal/fleet"},
	"internal/fleet":      {},
}

// homes says which packages may import a library. A library that is not listed
// may not be imported outside tests.
var homes = map[string][]string{
	"github.com/prometheus/client_golang/api":           {"budget"},
	"github.com/prometheus/client_golang/prometheus":    {"api"},
	"github.com/prometheus/common":                      {"budget", "api", "internal/promengine"},
	"github.com/prometheus/prometheus/promql/parser":    {"budget", "internal/promengine"},
	"github.com/prometheus/prometheus/promql":           {"internal/promengine"},
	"github.com/prometheus/prometheus/storage":          {"internal/promengine"},
	"github.com/prometheus/prometheus/model":            {"internal/promengine", "internal/fleet", "internal/promtest"},
	"github.com/prometheus/prometheus/tsdb":             {"internal/promtest"}, // which only tests import
	"github.com/prometheus/prometheus/tsdb/chunkenc":    {"internal/promengine"},
	"github.com/prometheus/prometheus/util/annotations": {"internal/promengine"},
	"github.com/wneessen/go-mail":                       {"notify"},
	"gorm.io":                                           {"store"},
	"github.com/pressly/goose":                          {"store"},
	"github.com/ncruces":                                {"store"},
	"github.com/jackc/pgx":                              {"store"},
	"github.com/spf13/viper":                            {"config"},
	"github.com/go-viper":                               {"config"},
	"go.yaml.in/yaml":                                   {"config"},
	"github.com/labstack":                               {"api"},
	"github.com/danielgtaylor/huma":                     {"api"},
	"github.com/spf13/cobra":                            {"cmd/burnlist"},
	"golang.org/x/term":                                 {"cmd/burnlist"},
	"golang.org/x/text/width":                           {"cmd/burnlist"},
	"github.com/spf13/pflag":                            {"cmd/burnlist", "config"},
}

// TestImportsFollowTheTable holds the module against the two tables above, so
// that a new edge between packages, or a library outside its home, is made on
// purpose.
func TestImportsFollowTheTable(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Standard", "-deps=false", "./...").Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		name := local(pkg.ImportPath)
		allowed, ok := mayImport[name]
		if !ok {
			t.Errorf("package %s is not in the table of packages", pkg.ImportPath)
			continue
		}
		for _, path := range pkg.Imports {
			switch {
			case path == module || strings.HasPrefix(path, module+"/"):
				if !slices.Contains(allowed, local(path)) && !slices.Contains(allowed, "*") {
					t.Errorf("package %q imports %q, which the table does not allow", name, local(path))
				}
			case strings.Contains(strings.SplitN(path, "/", 2)[0], "."):
				if !atHome(path, name) {
					t.Errorf("package %q imports %s, which is not at home there", name, path)
				}
			}
		}
	}
	if seen < 5 {
		t.Errorf("saw %d packages: the list is not complete", seen)
	}
}

func local(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}

// atHome looks up the longest listed prefix of a library's path.
func atHome(library, pkg string) bool {
	for prefix := library; prefix != ""; {
		if pkgs, ok := homes[prefix]; ok {
			return slices.Contains(pkgs, pkg)
		}
		cut := strings.LastIndexByte(prefix, '/')
		if cut < 0 {
			break
		}
		prefix = prefix[:cut]
	}
	return false
}
