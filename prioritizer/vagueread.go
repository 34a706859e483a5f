package prioritizer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexeme is a word, a number or a sign of a text.
type lexeme struct {
	start, end uint16 // in the text, in bytes
	class      wordClass
	begins     bool // after a colon or a semicolon, or a label in brackets
}

// sentence is a text that is split into words. Head is the index of the first
// word that says what to do, behind labels ("Checkout:") and the likes of "we
// should". Main is 0, or the head behind an inquiry.
type sentence struct {
	text  string
	words []lexeme
	head  int
	main  int    // the index of the first word of what is judged
	seen  uint64 // the classes of the words, as a set
}

// longestWord bounds the length of a word that may be in the vocabulary.
const longestWord = 20

// readSentence splits a text into as many words as the room has. It allocates nothing.
func readSentence(text string, room []lexeme) sentence {
	s := sentence{text: text[:min(len(text), 1<<16-1)], words: room}
	begins := false
	for at := 0; at < len(s.text) && len(s.words) < cap(s.words); {
		r, size := rune(s.text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s.text[at:])
		}
		end := at + size
		var class wordClass
		switch {
		case r == ' ':
			at = end
			continue
		case isLetter(r):
			end, class = s.word(at)
		case isDigit(r):
			end, class = s.number(at), wordNumber
		case r == '%' || r == '‰' || r == '$' || r == '€':
			class = wordUnit
		case r == '<' || r == '>' || r == '=' || r == '≤' || r == '≥':
			class = wordBound
		case r == '&':
			class = wordAlso
		default:
			begins = begins || r == ':' || r == ';' || r == ']'
			at = end
			continue
		}
		if class == wordSurely && s.class(len(s.words)-1) == wordMaking { // make sure
			w := &s.words[len(s.words)-1]
			w.end, w.class, class = uint16(end), wordEnsuring, wordEnsuring
		} else {
			s.words = append(s.words, lexeme{uint16(at), uint16(end), class, begins})
		}
		s.seen |= 1 << class
		begins, at = false, end
	}
	s.head = s.findHead()
	s.unverb()
	return s
}

// unverb makes a noun of the first word if that is what it is before the next:
// speed limit, audit log.
func (s *sentence) unverb() {
	if len(s.words) == 0 {
		return
	}
	w, next := &s.words[s.head], s.class(s.head+1)
	switch w.class { //nolint:exhaustive // the others are no nouns, or harmless as such
	case wordSpeed:
		if next == wordUpward || (next == wordGlue && s.head+1 < len(s.words)) {
			w.class = wordMoving
		}
	case wordInquiring, wordMoving:
		logs := next == wordWatching && strings.EqualFold(s.of(s.head), "audit") && strings.EqualFold(s.of(s.head+1), "log")
		if next == wordPart || logs {
			w.class = wordContent
		}
	}
}

// of returns a word as it is written.
func (s *sentence) of(i int) string { return s.text[s.words[i].start:s.words[i].end] }

func (s *sentence) findHead() int {
	head := 0
	for i := range s.words[:min(5, len(s.words))] {
		if s.words[i].begins && i+1 < len(s.words) {
			head = i
		}
	}
	for head+1 < len(s.words) && s.words[head].class == wordSoft {
		head++
	}
	return head
}

// word returns the end of the word that begins at a place, and its class.
func (s *sentence) word(at int) (int, wordClass) {
	var lower [longestWord]byte
	n, known, name, before := 0, true, false, byte(0)
	end := at
letters:
	for end < len(s.text) {
		b := s.text[end]
		if b >= 'a' && b <= 'z' { // nearly all are
			if n < longestWord {
				lower[n] = b
			}
			n++
			end, before = end+1, b
			continue
		}
		switch {
		case b >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s.text[end:])
			if !isLetter(r) {
				break letters
			}
			known = false
			end += size - 1
		case b >= 'A' && b <= 'Z':
			name = name || (before >= 'a' && before <= 'z') // camelCase
			b |= 0x20
			before = 0
		case isDigit(rune(b)):
			before = b
		case b == '_':
			name = true
		case (b == '-' || b == '\'' || b == '.' || b == '/') && s.goesOn(end+1):
			name = name || (b == '.' && end-at > 1 && s.goesOn(end+2)) // a host or a file, and not "e.g."
		default:
			break letters
		}
		if n < longestWord {
			lower[n] = b
		}
		n++
		end++
	}
	switch {
	case name:
		return end, wordIdentifier
	case !known || n > longestWord:
		return end, wordContent
	}
	return end, classOf(lower[:n])
}

// number returns the end of the number that begins at a place, with the unit
// that is written to it.
func (s *sentence) number(at int) int {
	for at++; at < len(s.text); at++ {
		b := rune(s.text[at])
		if !isDigit(b) && !isLetter(b) && ((b != '.' && b != ',' && b != '-') || !s.goesOn(at+1)) {
			break
		}
	}
	return at
}

// goesOn reports whether there is a letter or a digit at a place.
func (s *sentence) goesOn(at int) bool {
	return at < len(s.text) && (isLetter(rune(s.text[at])) || isDigit(rune(s.text[at])))
}

func isLetter(r rune) bool {
	return (r|0x20 >= 'a' && r|0x20 <= 'z') || (r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsMark(r)))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// class returns the class of a word, and glue where there is none.
func (s *sentence) class(i int) wordClass {
	if i < 0 || i >= len(s.words) {
		return wordGlue
	}
	return s.words[i].class
}

// found returns what the words from the first to the last show.
func (s *sentence) found(kind vagueKind, first, last int) vagueness {
	return vagueness{kind, s.words[first].start, s.words[last].end}
}

// has reports whether there is a word of any of the classes.
func (s *sentence) has(classes ...wordClass) bool {
	for _, c := range classes {
		if s.seen&(1<<c) != 0 {
			return true
		}
	}
	return false
}

// next returns the index of the first word of a class among so many from a
// place on, or -1.
func (s *sentence) next(class wordClass, from, most int) int {
	for i := from; i < min(from+most, len(s.words)); i++ {
		if s.words[i].class == class {
			return i
		}
	}
	return -1
}

// contents counts the words from a place on that say what it is about.
func (s *sentence) contents(from int) int {
	n := 0
	for _, w := range s.words[min(from, len(s.words)):] {
		if w.class >= wordContent {
			n++
		}
	}
	return n
}
