package burnlist_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/burnlist/burnlist"
)

func TestChangeKindsAreAllThatThereAre(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "change.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if kind, named := specType(spec); !ok || !named || kind != "ChangeKind" {
			return true
		}
		declared++
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil || !slices.Contains(burnlist.ChangeKinds, burnlist.ChangeKind(text)) {
			t.Errorf("%s is not among the kinds (%v)", text, err)
		}
		return true
	})
	if declared != len(burnlist.ChangeKinds) || declared < 20 {
		t.Errorf("%d kinds are declared, %d are listed", declared, len(burnlist.ChangeKinds))
	}
}

// specType returns the name of the type that a constant is declared with.
func specType(spec *ast.ValueSpec) (string, bool) {
	if spec == nil {
		return "", false
	}
	name, ok := spec.Type.(*ast.Ident)
	if !ok {
		return "", false
	}
	return name.Name, true
}
