package client

import "iter"

// pages yields the entries of a list page by page: next returns a page and
// whether another follows. The first error is yielded and ends it.
func pages[E any](next func() (page []E, more bool, err error)) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		for {
			page, more, err := next()
			if err != nil {
				var none E
				yield(none, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if !more {
				return
			}
		}
	}
}
