package prioritizer

import "sync"

// mostKept is how many bytes of texts a queue and those that follow it keep: of
// about 50,000 entries.
const mostKept = 128 << 20

// keep holds what was written of entries, until it is too much; then the oldest
// goes. It ends with the entries: a queue that ranks all anew begins with
// another one.
type keep struct {
	mu    sync.Mutex
	held  []*Ranked // that have a text, the oldest first
	bytes int
}

// Text returns what write makes of the explanation of an entry of this queue.
// It may be what write made earlier, for this queue or for one that it follows,
// so that write must always be the same. The text must not be modified.
func (q *Queue) Text(r *Ranked, write func(Explanation) []byte) []byte {
	if text := r.text.Load(); text != nil {
		return *text
	}
	text := write(q.Explain(r))
	q.keep.add(r, text)
	return text
}

func (k *keep) add(r *Ranked, text []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !r.text.CompareAndSwap(nil, &text) {
		return // somebody else was faster
	}
	k.held = append(k.held, r)
	for k.bytes += len(text); k.bytes > mostKept; k.held = k.held[1:] {
		k.bytes -= len(*k.held[0].text.Swap(nil))
	}
}
