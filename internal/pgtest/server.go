package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Options are how a server runs.
type Options struct {
	// Fsync makes commits survive a crash of the machine. Without it, which is
	// faster, they survive Kill all the same.
	Fsync bool
}

// Server is one PostgreSQL. Its methods must not be called at the same time.
type Server struct {
	bin, dir string
	port     int
	options  Options
	owner    *syscall.Credential // whom it runs as; nil for the user of this process
	process  *os.Process
	exited   chan struct{} // closed when the process has ended
}

// superuser owns everything on a server; it needs no password.
const superuser = "burnlist"

// Start makes a server with a new data directory and waits until it takes
// connections. It fails with ErrMissing if PostgreSQL is not installed.
func Start(ctx context.Context, o Options) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, options: o}
	if os.Geteuid() == 0 {
		// PostgreSQL refuses to run as root.
		if s.owner, err = unprivileged(); err != nil {
			return nil, err
		}
	}
	if s.dir, err = os.MkdirTemp("", "pgtest"); err != nil {
		return nil, err
	}
	if s.owner != nil {
		if err := os.Chown(s.dir, int(s.owner.Uid), int(s.owner.Gid)); err != nil {
			return nil, errors.Join(err, os.RemoveAll(s.dir))
		}
	}
	if err := s.run(ctx, "initdb", "-D", s.data(), "-U", superuser, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	if s.port, err = freePort(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	if err := s.Resume(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	return s, nil
}

// URL returns the address of one of the server's databases; "postgres" always
// exists.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", superuser, s.port, url.PathEscape(database))
}

// Create makes a new, empty database.
func (s *Server) Create(ctx context.Context, database string) error {
	return s.run(ctx, "createdb", "-h", s.dir, "-p", strconv.Itoa(s.port), "-U", superuser, "-T", "template0", database)
}

// errLinger says that processes of a killed server have not noticed yet.
var errLinger = errors.New("the killed server lingers")

// Resume starts a server again that was stopped or killed, on the same data
// and the same port, and waits until it takes connections.
func (s *Server) Resume(ctx context.Context) error {
	err := s.start(ctx)
	for errors.Is(err, errLinger) && ctx.Err() == nil {
		err = s.start(ctx)
	}
	return err
}

func (s *Server) start(ctx context.Context) error {
	fsync := "off"
	if s.options.Fsync {
		fsync = "on"
	}
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port), "-k", s.dir, //nolint:noctx // it outlives the context
		"-c", "listen_addresses=127.0.0.1", "-c", "fsync="+fsync, "-c", "max_connections=200",
		// Neither is what a careful administrator would choose: nothing may depend
		// on the server's zone, nor on its default isolation.
		"-c", "timezone=Asia/Kathmandu", "-c", "default_transaction_isolation=serializable")
	cmd.Dir = s.dir
	cmd.SysProcAttr = s.attributes()
	cmd.SysProcAttr.Setpgid = true // an interrupt at the terminal is for the tests
	endWithParent(cmd.SysProcAttr)
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the server has its own handle
	cmd.Stdout, cmd.Stderr = log, log

	started, exited := make(chan error), make(chan struct{})
	go func() {
		// The kernel tells the server of its parent's end when the thread that
		// started it ends, so this one is kept.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
			close(exited)
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	s.process, s.exited = cmd.Process, exited
	if err := s.ready(ctx); err != nil {
		return errors.Join(err, s.Kill())
	}
	return nil
}

// ready waits until the server writes into its pid file that it is ready.
func (s *Server) ready(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		text, _ := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
		lines := strings.Split(string(text), "\n")
		if len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready" && lines[0] == strconv.Itoa(s.process.Pid) {
			return nil
		}
		select {
		case <-s.exited:
			log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			if bytes.Contains(log, []byte("is still in use")) {
				return errLinger
			}
			return fmt.Errorf("postgres ended instead of taking connections: %s", bytes.TrimSpace(log))
		case <-ctx.Done():
			return fmt.Errorf("wait for postgres: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// Stop ends the server in order, without waiting for its clients. The data
// stay; Resume starts it again.
func (s *Server) Stop() error { return s.end(syscall.SIGINT) }

// Kill ends the server as a crash would. The data stay; Resume starts it again
// and recovers them.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

// Close ends the server and removes its data.
func (s *Server) Close() error { return errors.Join(s.end(syscall.SIGQUIT), os.RemoveAll(s.dir)) }

func (s *Server) end(how syscall.Signal) error {
	if err := s.process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-s.exited
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Credential: s.owner} }

// run runs one of PostgreSQL's programs to its end.
func (s *Server) run(ctx context.Context, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = s.attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, bytes.TrimSpace(out))
	}
	return nil
}

// programs returns the directory that holds initdb and postgres: that on the
// PATH, or the newest of Debian's, which keeps them off the PATH.
func programs() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil && has(filepath.Dir(path), "initdb") && has(filepath.Dir(path), "createdb") {
			return filepath.Dir(path), nil
		}
	}
	best, newest := "", 0
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for _, dir := range found {
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err == nil && version > newest && has(dir, "initdb") && has(dir, "postgres") && has(dir, "createdb") {
			best, newest = dir, version
		}
	}
	if best == "" {
		return "", ErrMissing
	}
	return best, nil
}

func has(dir, program string) bool {
	_, err := exec.LookPath(filepath.Join(dir, program))
	return err == nil
}

// unprivileged returns the user that a server runs as when the tests run as
// root.
func unprivileged() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uerr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gerr := strconv.ParseUint(u.Gid, 10, 32)
		if uerr == nil && gerr == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

// freePort returns a port that nobody listened on a moment ago.
func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}
