package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// tools is the module of the linter and of the generator of clients.
const tools = "../tools/oapi"

// published returns the document as it is served. If OPENAPI names a file, it
// is kept there for other tools.
func published(t *testing.T, s *testServer) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/openapi.json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if file := os.Getenv("OPENAPI"); file != "" {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

// run runs a Go command in the module of the tools.
func run(t *testing.T, input []byte, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir, command.Stdin = tools, bytes.NewReader(input)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
}

func TestTheDocumentPassesAPublicLinter(t *testing.T) {
	run(t, published(t, newServer(t)), "run", "./lint")
}

// TestAGeneratedClientDoesWhatTheREADMEShows generates a client from the
// document, compiles it, and lets it work at a server.
func TestAGeneratedClientDoesWhatTheREADMEShows(t *testing.T) {
	s := newServer(t)
	dir := t.TempDir()
	document, client, overlay := filepath.Join(dir, "openapi.json"), filepath.Join(dir, "client.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(document, published(t, s), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, nil, "tool", "oapi-codegen", "-config", "client/config.yaml", "-o", client, document)

	// The client takes the place of the empty package that stands there.
	empty, err := filepath.Abs(filepath.Join(tools, "client", "client.go"))
	if err != nil {
		t.Fatal(err)
	}
	replaced, err := json.Marshal(map[string]any{"Replace": map[string]string{empty: client}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, replaced, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, nil, "run", "-overlay", overlay, "./walk", s.url)
	s.ask("GET", "/api/v1/items/1/history", nil).must(200)
}
