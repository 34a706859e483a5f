package prioritizer

import "github.com/burnlist/burnlist"

// vagueness says why a title cannot be checked: which of its words showed it,
// and of what kind. The zero vagueness is none.
type vagueness struct {
	kind       vagueKind
	start, end uint16 // of the word or phrase in the title, in bytes
}

// vagueKind is what makes a title vague. Each kind has one way to rewrite it.
type vagueKind uint8

const (
	notVague    vagueKind = iota
	openEnded             // a verb or a comparison without an end: improve, better
	noValue               // a verb that moves a number, without the number: reduce
	noOutcome             // an inquiry that may end with nothing: look into
	atPeople              // asks people to be better people: be more careful
	noMeans               // names what shall be, not what will be done: ensure
	sweeping              // a word that anything fits: everything, proper
	putOff                // a way out: when we have time
	noObject              // nothing that could be looked at: add monitoring
	onlyMeeting           // ends when people have sat together
)

// vague judges the title of an item. A definition of done that is not vague
// itself makes up for any title. It is a heuristic about words and the structure
// of a sentence, in English, and errs towards finding nothing: it is advice. It
// runs for each item of each rank, and so allocates nothing.
func vague(item *burnlist.Item) vagueness {
	v := judgeTitle(item.Title)
	if v.kind != notVague && item.DoneWhen != "" && judgeDone(string(item.DoneWhen)).kind == notVague {
		return vagueness{}
	}
	return v
}

// mostWords bounds how much of a text is looked at.
const (
	mostTitleWords = 64
	mostDoneWords  = 256
)

func judgeTitle(title string) vagueness {
	var room [mostTitleWords]lexeme
	s := readSentence(title, room[:0])
	return s.judge()
}

// judgeDone judges a definition of done by the same rules. One without a word
// has no object.
func judgeDone(text string) vagueness {
	var room [mostDoneWords]lexeme
	s := readSentence(text, room[:0])
	if len(s.words) == 0 {
		return vagueness{kind: noObject}
	}
	return s.judge()
}

// judge applies the rules, the plainest first.
func (s *sentence) judge() vagueness {
	if len(s.words) == 0 {
		return vagueness{}
	}
	measured := s.measured()
	if v := s.putOff(); v.kind != notVague {
		return v
	}
	if v := s.recurrence(); v.kind != notVague {
		return v
	}
	if v := s.people(measured); v.kind != notVague {
		return v
	}
	if v := s.byHead(measured); v.kind != notVague {
		return v
	}
	if measured {
		return vagueness{}
	}
	if v := s.anywhere(); v.kind != notVague {
		return v
	}
	return s.empty()
}

// putOff finds ways out: whoever may do it when there is time need never do it.
func (s *sentence) putOff() vagueness {
	if !s.has(wordDeferral, wordChance, wordFitting, wordClock) {
		return vagueness{}
	}
	for i, w := range s.words {
		if w.class == wordDeferral {
			return s.found(putOff, i, i)
		}
		if w.class != wordWhenever { // when we have time, if possible, as needed
			continue
		}
		for j := i + 1; j < min(i+4, len(s.words)); j++ {
			c := s.words[j].class
			if c == wordChance || c == wordFitting ||
				(c == wordClock && (s.class(j-1) == wordGathering || s.class(j+1) == wordGranting)) {
				return s.found(putOff, i, j)
			}
		}
	}
	return vagueness{}
}

// recurrence finds the wish that something may not happen again, in whatever
// words. What shall not happen is known; what will be done is not said.
func (s *sentence) recurrence() vagueness {
	if !s.has(wordHappening) {
		return vagueness{}
	}
	for i, w := range s.words {
		if w.class != wordHappening {
			continue
		}
		if j := s.next(wordAgain, i+1, mostDoneWords); j > 0 {
			return s.found(noMeans, i, j)
		}
		head := s.class(s.head)
		if ((head == wordSolving || head == wordForbidding) && !s.restricts()) || // prevent it from happening
			(head == wordEnsuring && s.class(i-1) == wordNever) { // ensure that it does not happen
			return s.found(noMeans, s.head, i)
		}
	}
	return vagueness{}
}

// near is within how many words an object is looked for.
const near = 4

// people finds appeals to people. They are as good as the day on which they are
// made, unless they are repeated.
func (s *sentence) people(measured bool) vagueness {
	if s.has(wordVirtue) {
		i := s.next(wordVirtue, 0, mostDoneWords)
		return s.found(atPeople, i, i)
	}
	if measured {
		return vagueness{}
	}
	h, last := s.head, -1
	switch s.class(h) { //nolint:exhaustive // the others are not said to people
	case wordAppeal:
		last = h
	case wordBeing:
		last = min(h+1, len(s.words)-1)
	case wordTelling, wordEnsuring, wordMaking:
		last = s.next(wordPerson, h+1, near)
	case wordFollowing:
		last = s.next(wordCustom, h+1, mostDoneWords)
	}
	if last < 0 {
		return vagueness{}
	}
	return s.found(atPeople, h, last)
}

// byHead judges the verb that a title begins with.
func (s *sentence) byHead(measured bool) vagueness {
	h, particle := s.head, s.class(s.head+1)
	// A measure in the question does not say what an inquiry leads to.
	inquires := s.class(h) == wordInquiring
	phrase := (s.class(h) == wordLooking && (particle == wordOnto || particle == wordDirection)) || // look into, but not look up
		(s.class(h) == wordFollowing && particle == wordUpward)
	if inquires || phrase {
		then := s.conclusion(h)
		switch {
		case then > 0:
			s.head, s.main = then, then // which must not be vague in turn: investigate and fix login issues
			return s.byHead(measured)
		case s.repeatedFrom(0):
			return vagueness{}
		case phrase:
			return s.found(noOutcome, h, h+1)
		}
		return s.found(noOutcome, h, h)
	}
	if measured {
		return vagueness{}
	}
	switch c := s.class(h); {
	case c == wordGathering: // hold a workshop
		if i := s.next(wordMeeting, h+1, near); i > 0 {
			return s.found(onlyMeeting, i, i)
		}
	case c == wordWorking && particle == wordOnto: // work on
		return s.found(openEnded, h, h+1)
	case c == wordCleaning && particle == wordUpward && !s.explained(h): // clean up
		return s.found(openEnded, h, h+1)
	case c == wordImproving && !s.explained(h), c == wordReshaping && !s.explained(h) && !s.directed(h):
		return s.found(openEnded, h, h)
	case c == wordMoving && !s.explained(h) && !s.directed(h) && !s.has(wordNumber):
		return s.found(noValue, h, h)
	case c == wordEnsuring && !s.explained(h) && !s.has(wordIdentifier) && s.contents(h+1) <= 1:
		return s.found(noMeans, h, h)
	}
	return vagueness{}
}

// anywhere finds words that leave a title open wherever they stand.
func (s *sentence) anywhere() vagueness {
	if !s.has(wordComparative, wordProgress, wordQuality, wordAnything, wordFitting) {
		return vagueness{}
	}
	for i, w := range s.words {
		switch w.class { //nolint:exhaustive // the others say something where they stand
		case wordComparative:
			// "more than" begins a threshold, and "no more" forbids something.
			if s.class(i+1) != wordThan && s.class(i-1) != wordNegation && !s.explained(i) {
				return s.found(openEnded, i, i)
			}
		case wordProgress:
			return s.found(openEnded, i, i)
		case wordQuality: // make it reliable
			if s.class(s.head) == wordMaking && i > s.head+1 && !s.explained(i) {
				return s.found(openEnded, i, i)
			}
		case wordAnything, wordFitting:
			if !s.has(wordIdentifier) {
				return s.found(sweeping, i, i)
			}
		}
	}
	return vagueness{}
}

// empty finds titles in which every word would fit every system, or every word
// but the name of what has an issue.
func (s *sentence) empty() vagueness {
	about, last, head := s.contents(0), len(s.words)-1, s.class(s.head)
	switch {
	case s.has(wordIdentifier):
	case (head == wordSolving || head == wordForbidding) && !s.explained(s.head) && // fix the login issue
		((about <= 1 && s.troubled(0)) || (s.contents(s.main) <= 1 && s.troubled(s.main))):
		return s.found(noMeans, s.head, last)
	case about == 0 && !s.restricts():
		return s.found(noObject, 0, last)
	}
	return vagueness{}
}
