package burnlist

// SliceState says what is known of one slice.
type SliceState uint8

// The states of a slice. A slice that was never asked for has none.
const (
	SliceDead  SliceState = iota // the source answered, but was not alive in it: unknown
	SliceEmpty                   // alive, no series: zero traffic after the SLO's first data, else unknown
	SliceData                    // alive, with data
)

// Slice is the bad and total events of one SLO in one aligned interval.
// 0 ≤ Bad ≤ Total. It is a measurement: asking again replaces it.
//
// An empty slice has events only if missing samples count as such; they do
// from the SLO's first data on.
type Slice struct {
	Ledger    int64
	Start     int64 // Unix seconds, a multiple of the width
	State     SliceState
	Bad       float64
	Total     float64
	Violated  bool // bad and total were brought into 0 ≤ bad ≤ total
	Corrected bool // reading it again changed it
}

// The widths of what slices are rolled up into, in seconds.
const (
	HourWidth int64 = 3600
	DayWidth  int64 = 24 * HourWidth
)

// Rolled is the sum of all slices of an hour or a day of a ledger. Each of them
// was asked for.
type Rolled struct {
	Ledger      int64
	Start       int64 // Unix seconds, a multiple of the width
	Width       int64 // seconds: HourWidth or DayWidth
	Data        int64 // seconds of slices with data
	Empty       int64 // seconds of empty slices
	Bad         float64
	Total       float64
	BadSlices   int // slices with bad events
	Violations  int // violated slices
	Corrections int // corrected slices
}

// Reread says how far a ledger was read again: each slice that ends by then
// was read once more at that age or later, to catch data that came late.
type Reread struct {
	Ledger   int64
	After2h  int64 // Unix seconds
	After24h int64 // Unix seconds, not after After2h
}

// Ledger is everything that is kept of one ledger: slices and what they were
// rolled up into, both in order of time, without overlap.
type Ledger struct {
	Slices []Slice
	Rolled []Rolled
	Reread Reread
}
