package prioritizer

import "strings"

// measured reports whether the text gives a number of something, a limit, or
// how often something is repeated.
func (s *sentence) measured() bool { return s.measuredFrom(0) }

// measuredFrom reports the same of the words from a place on.
func (s *sentence) measuredFrom(from int) bool {
	if !s.has(wordNumber, wordCadence, wordEvery) {
		return false
	}
	for i, w := range s.words {
		if i < from || w.class != wordNumber {
			continue
		}
		next, before := s.class(i+1), s.class(i-1)
		switch {
		case next == wordUnit, before == wordUnit, before == wordBound, s.suffixed(w):
			return true
		case s.year(w):
		case before == wordDirection, before == wordOnto: // to 5, at 80
			return true
		case before < wordContent && before != wordFiller && before != wordWatching && before != wordTrouble && next != wordGlue && i+1 < len(s.words):
			return true // 3 nodes; but not the label that "region 2" is
		}
	}
	return s.repeatedFrom(from)
}

// suffixed reports whether a number in digits ends with a unit, as in 30s.
func (s *sentence) suffixed(w lexeme) bool {
	return isDigit(rune(s.text[w.start])) && !isDigit(rune(s.text[w.end-1]))
}

func (s *sentence) year(w lexeme) bool {
	return w.end-w.start == 4 && (s.text[w.start:w.start+2] == "19" || s.text[w.start:w.start+2] == "20")
}

// explained reports whether the text goes on to say how: by doing something,
// or behind a colon.
func (s *sentence) explained(from int) bool {
	for i := from + 1; i < len(s.words); i++ {
		w := s.words[i]
		switch {
		case w.begins && i+1 < len(s.words):
			return true
		case w.class == wordMeans:
			return true
		case w.class == wordBy && i+1 < len(s.words):
			if next := s.words[i+1]; next.end-next.start > 4 && s.text[next.end-3:next.end] == "ing" {
				return true
			}
		}
	}
	return false
}

// directed reports whether the text says into what something is changed.
func (s *sentence) directed(from int) bool {
	for i := from + 1; i+1 < len(s.words); i++ {
		if c := s.words[i].class; (c == wordDirection || c == wordWithout) && s.words[i+1].class >= wordContent {
			return true
		}
	}
	return false
}

// conclusion returns the index of the verb by which an inquiry goes on to
// something with a result, or -1: and fix, then alert at, and bring it below 2 s.
func (s *sentence) conclusion(from int) int {
	if !s.has(wordAlso) {
		return -1
	}
	for i := from + 1; i+1 < len(s.words); i++ {
		if s.words[i].class != wordAlso {
			continue
		}
		switch s.words[i+1].class { //nolint:exhaustive // the others are no verbs
		case wordConcluding, wordLight, wordSolving, wordForbidding:
			return i + 1
		case wordWatching: // and alert when, but not: and alert rules
			switch s.class(i + 2) { //nolint:exhaustive // the others are nouns
			case wordOnto, wordWhenever, wordBound, wordAfter:
				return i + 1
			}
		case wordContent, wordMoving, wordImproving, wordReshaping, wordMaking:
			if s.measuredFrom(i + 2) {
				return i + 1
			}
		}
	}
	return -1
}

// repeatedFrom reports whether something is to be done again and again, which
// can be held against the calendar, in the words from a place on.
func (s *sentence) repeatedFrom(from int) bool {
	for i, w := range s.words {
		if i >= from && (w.class == wordCadence || (w.class == wordEvery && (s.class(i+1) == wordUnit || s.class(i+1) == wordNumber))) {
			return true
		}
	}
	return false
}

// troubled reports whether the text from a place on is about some trouble. The noun that stands
// before another is none (incident template), nor is the one that says when
// (while an incident is open).
func (s *sentence) troubled(from int) bool {
	if !s.has(wordTrouble) {
		return false
	}
	for i, w := range s.words {
		switch {
		case i < from:
		case w.class == wordDuring, w.class == wordWhenever:
			return false
		case w.class == wordTrouble && !s.attribute(i):
			return true
		}
	}
	return false
}

// attribute reports whether a word is a noun in the singular right before
// another: error page, but not errors seen, and not error again.
func (s *sentence) attribute(i int) bool {
	if c := s.class(i + 1); c < wordContent || c == wordNumber || s.words[i+1].begins || s.text[s.words[i].end] != ' ' {
		return false
	}
	next := s.of(i + 1)
	return s.text[s.words[i].end-1]|0x20 != 's' && !strings.HasSuffix(next, "ly") && !strings.HasSuffix(next, "ed")
}

// restricts reports whether the text forbids something under a condition, or
// allows it under one only: never deploy without review, deploy only after one.
// Common words are enough for that.
func (s *sentence) restricts() bool {
	if !s.has(wordWithout, wordDuring, wordOnly) {
		return false
	}
	forbids := s.class(s.head) == wordForbidding || s.class(s.head) == wordNever || s.class(s.head+1) == wordNever // do not
	what := false
	for i := s.head; i+1 < len(s.words); i++ {
		switch c := s.words[i].class; c { //nolint:exhaustive // the others are no conditions
		case wordFiller, wordWatching, wordContent, wordConcluding, wordIdentifier, wordPart:
			what = true
		case wordWithout, wordDuring:
			if what && forbids {
				return s.says(i + 1)
			}
		case wordOnly:
			switch s.words[i+1].class { //nolint:exhaustive // the others are no conditions
			case wordAfter, wordDuring, wordWhenever, wordOnto:
				return what && s.says(i+2)
			}
		}
	}
	return false
}

// says reports whether there are words from a place on that are more than glue.
func (s *sentence) says(from int) bool {
	for i := from; i < len(s.words); i++ {
		if s.words[i].class != wordGlue {
			return true
		}
	}
	return false
}
