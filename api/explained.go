package api

import (
	"encoding/json"
	"weak"

	"github.com/maypok86/otter/v2"

	"github.com/burnlist/burnlist/prioritizer"
)

// explainedBytes bounds the texts of entries that are kept, about 50,000 of
// them.
const explainedBytes = 128 << 20

// explained keeps what entries of the queue say, as JSON: a queue that follows
// another has the same entry where nothing is said anew. It does not keep the
// entries themselves alive. It is safe for concurrent use.
type explained struct {
	texts *otter.Cache[weak.Pointer[prioritizer.Ranked], []byte]
}

func newExplained() explained {
	return explained{otter.Must(&otter.Options[weak.Pointer[prioritizer.Ranked], []byte]{
		MaximumWeight: explainedBytes,
		Weigher: func(_ weak.Pointer[prioritizer.Ranked], text []byte) uint32 {
			const overhead = 128 // of the cache, for each
			return uint32(len(text) + overhead)
		},
	})}
}

// of returns what an entry of the queue says, as a JSON object. It must not be
// modified.
func (e explained) of(q *prioritizer.Queue, r *prioritizer.Ranked) []byte {
	key := weak.Make(r)
	if text, ok := e.texts.GetIfPresent(key); ok {
		return text
	}
	text, err := json.Marshal(q.Explain(r))
	if err != nil {
		panic(err) // cannot happen: numbers that are not finite are null
	}
	e.texts.Set(key, text)
	return text
}
