package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// processor returns the processor time that a process has used. It is told in
// steps of 10 ms.
func processor(b *testing.B, process int) time.Duration {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		b.Skipf("the processor time of a process is not told here: %v", err)
	}
	// The name, in parentheses, may hold spaces. What follows begins with the
	// third field; the times are the 14th and 15th.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// own returns the processor time that this process has used.
func own(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// usage is what was used over some time.
type usage struct {
	wall, server, own time.Duration
}

// use measures what do uses, of which the server's idling is taken off.
func (s *server) use(b *testing.B, do func()) usage {
	b.Helper()
	began, served, owned := time.Now(), processor(b, s.Process), own(b)
	do()
	u := usage{wall: time.Since(began), server: processor(b, s.Process) - served, own: own(b) - owned}
	u.server = max(0, u.server-time.Duration(s.idle*float64(u.wall)))
	return u
}

func (u usage) plus(o usage) usage { return usage{u.wall + o.wall, u.server + o.server, u.own + o.own} }
