package pgtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func query(t *testing.T, s *Server, database, sql string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(s.bin, "psql"), "-X", "-At", "-v", "ON_ERROR_STOP=1", "-c", sql, s.URL(database))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("psql: %v: %s", err, out)
	}
	return string(bytes.TrimSpace(out))
}

func TestAKilledServerResumesWithItsData(t *testing.T) {
	s, err := Start(t.Context(), Options{Fsync: true})
	Require(t, err)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
			t.Errorf("the data are still there: %v", err)
		}
	})
	if err := s.Create(t.Context(), "kept"); err != nil {
		t.Fatal(err)
	}
	if got := query(t, s, "postgres", "SHOW fsync"); got != "on" {
		t.Errorf("fsync is %s, want on", got)
	}
	query(t, s, "kept", "CREATE TABLE things AS SELECT 42 AS n")
	for name, end := range map[string]func() error{"stopped": s.Stop, "killed": s.Kill} {
		if err := end(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))); err == nil {
			conn.Close()
			t.Fatalf("%s, but it takes connections", name)
		}
		if err := s.Resume(t.Context()); err != nil {
			t.Fatalf("resume after it was %s: %v", name, err)
		}
		if got := query(t, s, "kept", "SELECT n FROM things"); got != "42" {
			t.Errorf("after it was %s: got %q, want 42", name, got)
		}
	}
}

// TestMain also is the program that TestServerEndsWithItsParent kills.
func TestMain(m *testing.M) {
	if os.Getenv("PGTEST_ORPHAN") == "" {
		os.Exit(Main(m))
	}
	s, err := Start(context.Background(), Options{})
	if err != nil {
		fmt.Print(err)
		os.Exit(1)
	}
	fmt.Println(s.process.Pid, s.dir)
	select {}
}

func TestServerEndsWithItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells a process that its parent has ended")
	}
	if _, err := programs(); err != nil {
		Require(t, err)
	}
	parent := exec.CommandContext(t.Context(), os.Args[0])
	parent.Env = append(os.Environ(), "PGTEST_ORPHAN=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 200)
	n, _ := out.Read(line)
	pid, dir, _ := strings.Cut(strings.TrimSpace(string(line[:n])), " ")
	server, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatalf("the parent says %q", line[:n])
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if dead(server) {
			return
		}
		<-tick.C
	}
	_ = syscall.Kill(server, syscall.SIGQUIT)
	t.Fatalf("server %d lives on without its parent", server)
}

// dead reports whether a process has ended, though nobody may have collected
// it yet.
func dead(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if os.IsNotExist(err) {
		return syscall.Kill(pid, 0) != nil
	}
	_, state, _ := strings.Cut(string(status), ") ")
	return strings.HasPrefix(state, "Z")
}

func TestEachDatabaseIsNew(t *testing.T) {
	first, second := Database(t), Database(t)
	if first == second {
		t.Errorf("both are %s", first)
	}
}
