//go:build unix && !solaris && !aix

package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/burnlist/burnlist"
)

// lockFile takes the lock at path for this process until unlock is called or
// the process ends. If another has it, that is a Conflict error. The file
// itself stays, since removing it would let two processes hold a lock each.
func lockFile(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_CLOEXEC, 0o600)
	if errors.Is(err, os.ErrNotExist) {
		return nil, burnlist.Errorf(burnlist.Invalid, "the directory of %s does not exist: create it, or name another database file", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the lock file: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errors.Join(burnlist.Errorf(burnlist.Conflict,
			"another process holds %s: a SQLite database is for one burnlist process; stop the other one, or use PostgreSQL for several", path), f.Close())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return f.Close, nil
}
