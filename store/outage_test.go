package store

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/internal/pgtest"
)

// wire passes bytes on between a client and a server, unless it is cut: then
// connections stay open, and nothing arrives.
type wire struct {
	mu  sync.Mutex
	cut chan struct{} // closed when the wire is whole
}

func (w *wire) whole() chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cut
}

func (w *wire) set(whole chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = whole
}

func (w *wire) Read(from net.Conn, b []byte) (int, error) {
	n, err := from.Read(b)
	<-w.whole()
	return n, err
}

func (w *wire) pass(from, to net.Conn) {
	defer func() { _ = to.Close() }()
	b := make([]byte, 4096)
	for {
		n, err := w.Read(from, b)
		if err != nil {
			return
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// through returns the address of a database by way of a new wire.
func through(t *testing.T, address string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(address)
	ok(t, err)
	server := u.Host
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	ok(t, err)
	whole := make(chan struct{})
	close(whole)
	w := &wire{cut: whole}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			up, err := new(net.Dialer).DialContext(context.WithoutCancel(t.Context()), "tcp", server)
			if err != nil {
				_ = client.Close()
				continue
			}
			go w.pass(client, up)
			go w.pass(up, client)
		}
	}()
	u.Host = listener.Addr().String()
	return w, u.String()
}

func TestATailOutlivesAConnectionOnWhichNothingArrives(t *testing.T) {
	direct := pgtest.Database(t)
	wire, address := through(t, direct)
	said := make(chan string, 100)
	s, err := Open(t.Context(), address, slog.New(warnings{slog.DiscardHandler, said}))
	ok(t, err)
	defer s.Close()
	s.look = 300 * time.Millisecond
	delivered := tail(t, s, 0, time.Millisecond)
	there := open(t, direct)
	_, _, err = there.CreateProduct(t.Context(), ana, shop())
	ok(t, err)
	soon(t, delivered)

	whole := make(chan struct{})
	wire.set(whole)
	for line := ""; !strings.HasPrefix(line, "WARN the change log cannot be read"); {
		line = soon(t, said)
	}
	_, revision, err := there.CreateService(t.Context(), ana, burnlist.Service{Name: "checkout", Product: "shop"})
	ok(t, err)
	close(whole)
	if got := soon(t, delivered); got.Revision != revision {
		t.Errorf("it goes on with revision %d, want %d", got.Revision, revision)
	}
}

func TestATailSaysThatItIsUpToDate(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		enough := io.EOF
		var got []int
		err := s.Tail(t.Context(), 0, 0, func(batch []burnlist.Change) error {
			if got = append(got, len(batch)); len(batch) == 0 {
				return enough
			}
			return nil
		})
		if err != enough || len(got) != 2 || got[0] != 5 { //nolint:errorlint // it is to be the very error
			t.Errorf("it delivers batches of %v and ends with %v", got, err)
		}
	})
}

func TestALogThatGoesBackwardsEndsTheTail(t *testing.T) {
	eachStore(t, func(t *testing.T, s *Store) {
		fill(t, s)
		err := s.Tail(t.Context(), 6, 0, func([]burnlist.Change) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "from revision 6 to 5") || !strings.Contains(err.Error(), "start burnlist again") {
			t.Errorf("it ended with %v", err)
		}
	})
}

func TestTroubleOfTheFileIsNamedAndLoggedOnce(t *testing.T) {
	for name, c := range map[string]struct{ pragma, undo, says string }{
		"a file that cannot be written": {"PRAGMA query_only = 1", "PRAGMA query_only = 0", "cannot be written"},
		"a full disk":                   {"PRAGMA max_page_count = 1", "PRAGMA max_page_count = 100000", "disk of the database is full"},
	} {
		t.Run(name, func(t *testing.T) {
			said := make(chan string, 100)
			s, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "burnlist.db"), slog.New(warnings{slog.DiscardHandler, said}))
			ok(t, err)
			defer s.Close()
			fill(t, s)
			ok(t, s.writer.Exec(c.pragma).Error)
			failures := 0
			for failures < 3 {
				title := burnlist.ItemFields{Service: "checkout", Title: strings.Repeat("x", 300)}
				_, _, err := s.CreateItem(t.Context(), ana, "checkout", with(ana, title))
				if err == nil {
					continue
				}
				refusedAs(t, err, burnlist.Unavailable, c.says, "try again")
				failures++
			}
			ok(t, s.writer.Exec(c.undo).Error)
			newItem(t, s, burnlist.ItemFields{Service: "checkout"})
			if len(said) != 2 {
				t.Fatalf("it says %d things, want 2", len(said))
			}
			if began, ended := <-said, <-said; began != "WARN the database cannot be written" || ended != "INFO the database can be written again" {
				t.Errorf("it says %q and %q", began, ended)
			}
		})
	}
}

func TestAFileThatIsNoDatabaseIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	letter := filepath.Join(dir, "letter.txt")
	ok(t, os.WriteFile(letter, []byte("dear reader, this is no database\n"), 0o600))
	ok(t, os.Mkdir(filepath.Join(dir, "folder"), 0o700))
	for _, name := range []string{letter, filepath.Join(dir, "folder")} {
		_, err := Open(t.Context(), "sqlite:"+name, slog.New(slog.DiscardHandler))
		refusedAs(t, err, burnlist.Invalid, name, "name another database file")
	}
	files, err := os.ReadDir(dir)
	ok(t, err)
	if len(files) != 2 {
		t.Errorf("there are %v now", files)
	}
}

func TestADatabaseFileIsForItsOwnerAlone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, "sqlite:"+filepath.Join(dir, "burnlist.db"))
	fill(t, s)
	for _, name := range []string{"burnlist.db", "burnlist.db-wal", "burnlist.db.lock"} {
		info, err := os.Stat(filepath.Join(dir, name))
		ok(t, err)
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has the permissions %o, want 600", name, got)
		}
	}
}

// TestWhatIsWrongWithAFileIsNoOutage opens a database where a lock file cannot
// be made, which trying again does not mend.
func TestWhatIsWrongWithAFileIsNoOutage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "burnlist.db")
	ok(t, os.Mkdir(file+".lock", 0o700))
	_, err := Open(t.Context(), "sqlite:"+file, slog.New(slog.DiscardHandler))
	refusedAs(t, err, burnlist.InternalError)
}

func TestWritersAreBoundUnlessTheAddressSaysOtherwise(t *testing.T) {
	address := pgtest.Database(t)
	for name, c := range map[string]struct{ address, want string }{
		"by itself":      {address, "30s"},
		"by the address": {address + "&idle_in_transaction_session_timeout=1min", "1min"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.address)
			var got string
			ok(t, s.writer.Raw("SHOW idle_in_transaction_session_timeout").Scan(&got).Error)
			if got != c.want {
				t.Errorf("it is %s, want %s", got, c.want)
			}
		})
	}
}
