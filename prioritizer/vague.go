package prioritizer

import (
	"slices"

	"github.com/burnlist/burnlist"
)

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

// vague judges the title of an item. A definition of done that can be checked
// makes up for any title. It is a heuristic about words and the structure of a
// sentence, in English, and errs towards finding nothing: it is advice. It runs
// for each item of each rank, and so allocates nothing.
func vague(item *burnlist.Item) vagueness {
	v := judgeTitle(item.Title)
	if v.kind != notVague && item.DoneWhen != "" && checkable(string(item.DoneWhen)) {
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

// checkable reports whether somebody who was not there could tell from a
// definition of done whether it is fulfilled: it gives a measure, or speaks of
// something and is not vague itself.
func checkable(text string) bool {
	var room [mostDoneWords]lexeme
	s := readSentence(text, room[:0])
	return s.measured() || (s.contents(0) >= 2 && s.judge().kind == notVague)
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
		switch w.class {
		case wordDeferral:
			return s.found(putOff, i, i)
		case wordWhenever: // when we have time, if possible, as needed
			for j := i + 1; j < min(i+4, len(s.words)); j++ {
				switch c := s.words[j].class; {
				case c == wordChance, c == wordFitting,
					c == wordClock && (s.class(j-1) == wordGathering || s.class(j+1) == wordGranting):
					return s.found(putOff, i, j)
				}
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
		for j := i + 1; j < len(s.words); j++ {
			if s.words[j].class == wordAgain {
				return s.found(noMeans, i, j)
			}
		}
		switch head := s.class(s.head); {
		case head == wordSolving, // prevent it from happening
			head == wordEnsuring && s.class(i-1) == wordNever: // ensure that it does not happen
			return s.found(noMeans, s.head, i)
		}
	}
	return vagueness{}
}

// people finds appeals to people. They are as good as the day on which they are
// made, unless they are repeated.
func (s *sentence) people(measured bool) vagueness {
	h := s.head
	if s.has(wordVirtue) {
		i := slices.IndexFunc(s.words, func(w lexeme) bool { return w.class == wordVirtue })
		return s.found(atPeople, i, i)
	}
	if measured {
		return vagueness{}
	}
	switch s.class(h) {
	case wordAppeal:
		return s.found(atPeople, h, h)
	case wordBeing:
		return s.found(atPeople, h, min(h+1, len(s.words)-1))
	case wordTelling, wordEnsuring, wordMaking:
		for j := h + 1; j < min(h+5, len(s.words)); j++ {
			if s.words[j].class == wordPerson {
				return s.found(atPeople, h, j)
			}
		}
	case wordFollowing:
		for j := h + 1; j < len(s.words); j++ {
			if s.words[j].class == wordCustom {
				return s.found(atPeople, h, j)
			}
		}
	}
	return vagueness{}
}

// byHead judges the verb that a title begins with.
func (s *sentence) byHead(measured bool) vagueness {
	h := s.head
	switch s.class(h) {
	case wordImproving:
		if !measured && !s.explained(h) {
			return s.found(openEnded, h, h)
		}
	case wordWorking: // work on
		if s.class(h+1) == wordOnto && !measured {
			return s.found(openEnded, h, h+1)
		}
	case wordCleaning: // clean up
		if s.class(h+1) == wordUpward && !measured && !s.explained(h) {
			return s.found(openEnded, h, h+1)
		}
	case wordReshaping:
		if !measured && !s.explained(h) && !s.directed(h) {
			return s.found(openEnded, h, h)
		}
	case wordMoving:
		if !measured && !s.has(wordNumber) && !s.explained(h) && !s.directed(h) {
			return s.found(noValue, h, h)
		}
	case wordInquiring:
		if !s.repeated() && !s.followed(h) {
			return s.found(noOutcome, h, h)
		}
	case wordLooking: // look into, find out, think about; but not look up
		if particle := s.class(h + 1); (particle == wordOnto || particle == wordDirection) && !s.repeated() && !s.followed(h) {
			return s.found(noOutcome, h, h+1)
		}
	case wordFollowing:
		if s.class(h+1) == wordUpward && !s.repeated() && !s.followed(h) {
			return s.found(noOutcome, h, h+1)
		}
	case wordGathering: // hold a workshop
		for j := h + 1; j < min(h+5, len(s.words)); j++ {
			if s.words[j].class == wordMeeting && !measured {
				return s.found(onlyMeeting, j, j)
			}
		}
	case wordEnsuring:
		if !measured && !s.has(wordIdentifier) && !s.explained(h) && s.contents(h+1) <= 1 {
			return s.found(noMeans, h, h)
		}
	}
	return vagueness{}
}

// anywhere finds words that leave a title open wherever they stand.
func (s *sentence) anywhere() vagueness {
	if !s.has(wordComparative, wordProgress, wordQuality, wordAnything, wordFitting) {
		return vagueness{}
	}
	for i, w := range s.words {
		switch w.class {
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
	about, last := s.contents(0), len(s.words)-1
	switch {
	case s.has(wordIdentifier):
	case s.class(s.head) == wordSolving && about <= 1 && s.has(wordTrouble) && !s.explained(s.head): // fix the login issue
		return s.found(noMeans, s.head, last)
	case about == 0:
		return s.found(noObject, 0, last)
	}
	return vagueness{}
}
