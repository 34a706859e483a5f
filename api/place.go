package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// scan walks a JSON text. Where the text is no JSON, it ends: that is somebody
// else's to refuse.
type scan struct {
	in   *json.Decoder
	text []byte
}

func scanning(text []byte) scan {
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	return scan{in, text}
}

// maxDepth is how many levels of objects and arrays a body may have. No request
// needs a handful.
const maxDepth = 32

// flaw reads one value and returns what is wrong with it that no decoder minds,
// and where: a field that an object has twice, of which all but one would be
// passed over in silence, half of a character, for which something else would
// be put, or a depth that nobody needs.
func (s scan) flaw(depth int) (at, wrong string) {
	before := s.in.InputOffset()
	open, err := s.in.Token()
	if text, ok := open.(string); ok && s.halved(text, before) {
		return "", halfACharacter
	}
	if err != nil || (open != json.Delim('{') && open != json.Delim('[')) {
		return "", ""
	}
	if depth > maxDepth {
		return "", fmt.Sprintf("is nested more than %d levels deep: send less", maxDepth)
	}
	seen := map[string]bool{}
	for i := 0; s.in.More(); i++ {
		from := s.in.InputOffset()
		step := fmt.Sprintf("[%d]", i)
		if open == json.Delim('{') {
			before := s.in.InputOffset()
			token, err := s.in.Token()
			name, ok := token.(string)
			if err != nil || !ok {
				return "", ""
			}
			step = "." + name
			if s.halved(name, before) {
				return step, halfACharacter
			}
			if seen[name] {
				return step, "is given more than once: give it once"
			}
			seen[name] = true
		}
		if inner, wrong := s.flaw(depth + 1); wrong != "" {
			return step + inner, wrong
		}
		if s.in.InputOffset() == from {
			return "", "" // the decoder does not move on behind what is no JSON
		}
	}
	_, _ = s.in.Token() // what closes it
	return "", ""
}

const halfACharacter = `holds half of a character, a \ud800 to \udfff without the other half: send text in UTF-8`

// halved reports whether a string that was read from before to here has a
// replacement character that is not in the text.
func (s scan) halved(read string, before int64) bool {
	replaced := strings.Count(read, "\ufffd")
	if replaced == 0 {
		return false
	}
	raw := bytes.ToLower(s.text[before:s.in.InputOffset()])
	return replaced > bytes.Count(raw, []byte("\ufffd"))+bytes.Count(raw, []byte(`\ufffd`))
}

// find returns the way to the first string or number that is chosen, as
// .source.start or .parts[0].title. The end is where it ends in the text.
func (s scan) find(chosen func(value json.Token, end int64) bool) (at string, ok bool) {
	open, err := s.in.Token()
	if err != nil {
		return "", false
	}
	if open != json.Delim('{') && open != json.Delim('[') {
		return "", chosen(open, s.in.InputOffset())
	}
	for i := 0; s.in.More(); i++ {
		from := s.in.InputOffset()
		step := fmt.Sprintf("[%d]", i)
		if open == json.Delim('{') {
			name, err := s.in.Token()
			if err != nil {
				return "", false
			}
			step = fmt.Sprintf(".%v", name)
		}
		if inner, ok := s.find(chosen); ok {
			return step + inner, true
		}
		if s.in.InputOffset() == from {
			return "", false
		}
	}
	_, _ = s.in.Token() // what closes it
	return "", false
}
