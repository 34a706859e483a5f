// Package pgtest starts private PostgreSQL servers for tests, from the
// programs that are installed. A server has its own data directory, port and
// socket, and ends with the process that started it.
//
// The tests of a package share one server: call Database where a test needs a
// database, and let TestMain end with os.Exit(pgtest.Main(m)). Where there is
// no PostgreSQL, Database skips the test, unless REQUIRE_ALL=1 says that this
// is a failure.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"
)

// ErrMissing says that no PostgreSQL is installed.
var ErrMissing = errors.New("no PostgreSQL is installed: put initdb and postgres on the PATH (Debian: apt-get install postgresql)")

// shared is the one server of a test binary, started when it is first needed.
var shared struct {
	mu     sync.Mutex
	server *Server
	err    error
	made   int // databases
}

// Main runs the tests of a package, and then stops the server that they
// shared, if they did. It returns the code to exit with.
func Main(m *testing.M) int {
	code := m.Run()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.server == nil {
		return code
	}
	if err := shared.server.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = max(code, 1)
	}
	return code
}

// Database returns the URL of a new, empty database on the shared server. It
// skips the test if no PostgreSQL is installed.
func Database(t testing.TB) string {
	t.Helper()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.server == nil && shared.err == nil {
		// Not the test's context: the server outlives the test.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		shared.server, shared.err = Start(ctx, Options{})
	}
	Require(t, shared.err)
	shared.made++
	name := fmt.Sprintf("test%d", shared.made)
	if err := shared.server.Create(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	return shared.server.URL(name)
}

// Require ends the test if err is not nil: it skips it if the reason is that
// no PostgreSQL is installed and REQUIRE_ALL is not 1, and fails it otherwise.
func Require(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("REQUIRE_ALL") != "1":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
}
