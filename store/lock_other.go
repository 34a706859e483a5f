//go:build !unix || solaris || aix

package store

// lockFile does nothing where there is no flock: SQLite still keeps the file
// whole, but a second process is not refused.
func lockFile(string) (unlock func() error, err error) {
	return func() error { return nil }, nil
}
