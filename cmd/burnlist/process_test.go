package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/burnlist/burnlist/internal/pgtest"
)

// patience bounds every wait in these tests; nothing is measured by it.
const patience = 60 * time.Second

func TestMain(m *testing.M) {
	code := pgtest.Main(m)
	if err := os.RemoveAll(binaryDir); err != nil {
		fmt.Fprintln(os.Stderr, "remove the built program:", err)
	}
	os.Exit(code)
}

// binaryDir is where the program was built, if it was.
var binaryDir string

// binary builds the program once for all tests that run it as a process.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "burnlist-test-")
	if err != nil {
		return "", err
	}
	binaryDir = dir
	path := filepath.Join(dir, "burnlist")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// process is a running burnlist.
type process struct {
	url    string
	cmd    *exec.Cmd
	lines  chan string
	stderr *transcript
	ended  chan struct{}
}

// transcript is what a process says, readable while it goes on. It is safe for
// concurrent use.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(b)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// start runs burnlist with the arguments and waits until a line of its output
// holds an address.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p, err := run(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	for line := range p.lines {
		if i := strings.Index(line, "http://"); i >= 0 {
			p.url = strings.Fields(line[i:])[0]
			go func() {
				for range p.lines {
				}
			}()
			return p
		}
	}
	<-p.ended
	t.Fatalf("burnlist %s ended: %s", strings.Join(args, " "), p.stderr)
	return nil
}

func run(t *testing.T, args ...string) (*process, error) {
	t.Helper()
	path, err := binary()
	if err != nil {
		return nil, err
	}
	p := &process{
		cmd:    exec.CommandContext(context.WithoutCancel(t.Context()), path, args...),
		lines:  make(chan string),
		stderr: &transcript{},
		ended:  make(chan struct{}),
	}
	p.cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "TZ=Asia/Kolkata") // whatever the machine's zone is, it must not matter
	p.cmd.Stderr = p.stderr
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	started := make(chan error)
	go func() {
		// The kernel ends the program with the thread that started it, so this one
		// is kept.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.ended)
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		for scan := bufio.NewScanner(out); scan.Scan(); {
			p.lines <- scan.Text()
		}
		close(p.lines)
		_ = p.cmd.Wait()
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() && p.stderr.String() != "" {
			t.Logf("burnlist %s said:\n%s", args[0], p.stderr)
		}
	})
	return p, nil
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// call sends one request and decodes the answer into out, if it has the wanted
// status.
func call(ctx context.Context, method, url string, body any, want int, out any) (http.Header, error) {
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, payload)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Burnlist-Actor", "ana@example.org")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != want {
		return nil, fmt.Errorf("%s %s: %s, want %d\n%s", method, url, resp.Status, want, b)
	}
	if out != nil {
		if err := json.Unmarshal(b, out); err != nil {
			return nil, fmt.Errorf("%s %s: %w\n%s", method, url, err, b)
		}
	}
	return resp.Header, nil
}

// post creates something that the test needs.
func post(t *testing.T, url string, body any) {
	t.Helper()
	if _, err := call(t.Context(), http.MethodPost, url, body, http.StatusCreated, nil); err != nil {
		t.Fatal(err)
	}
}

type object = map[string]any

// shop creates a product with two services.
func shop(t *testing.T, url string) {
	t.Helper()
	post(t, url+"/api/v1/products", object{"name": "shop", "zone": "Europe/Berlin"})
	post(t, url+"/api/v1/services", object{"name": "checkout", "product": "shop", "team": "payments"})
	post(t, url+"/api/v1/services", object{"name": "search", "product": "shop"})
}
