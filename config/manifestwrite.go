package config

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/burnlist/burnlist"
)

// Write writes the manifest as one YAML document that ReadManifest reads as the
// same. The same manifest gives the same bytes.
func (m *Manifest) Write(w io.Writer) error {
	var text bytes.Buffer
	e := yaml.NewEncoder(&text)
	e.SetIndent(2)
	if err := e.Encode(structNode(reflect.ValueOf(*m))); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	if err := e.Close(); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	_, err := w.Write(text.Bytes())
	return err
}

// structNode returns a mapping of the fields that say something.
func structNode(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range fieldsOf(v.Type()) {
		of := v.Field(f.index)
		switch {
		case of.Kind() == reflect.Pointer && of.IsNil(), of.Kind() == reflect.Slice && of.Len() == 0,
			f.omitted && of.IsZero(), v.Type() == sourceType && of.IsZero():
			continue
		}
		n.Content = append(n.Content, textNode(f.name), valueNode(of))
	}
	return n
}

// policyNode returns a mapping of the numbers that are given.
func policyNode(p Policy) *yaml.Node {
	all := structNode(reflect.ValueOf(p.Policy))
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(all.Content); i += 2 {
		if slices.Contains(p.Given, all.Content[i].Value) {
			n.Content = append(n.Content, all.Content[i], all.Content[i+1])
		}
	}
	return n
}

func valueNode(v reflect.Value) *yaml.Node {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch value := v.Interface().(type) {
	case burnlist.NullString:
		if value == "" {
			return plainNode("null")
		}
	case burnlist.Date:
		if value.IsZero() {
			return plainNode("null")
		}
		return plainNode(value.String())
	case burnlist.Duration:
		return textNode(value.String())
	case burnlist.Source:
		if value == (burnlist.Source{}) {
			return plainNode("null")
		}
	case time.Time:
		return plainNode(value.UTC().Format(time.RFC3339Nano))
	case Policy:
		return policyNode(value)
	}
	switch v.Kind() { //nolint:exhaustive // no field has another kind
	case reflect.Slice:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range v.Len() {
			n.Content = append(n.Content, valueNode(v.Index(i)))
		}
		return n
	case reflect.Struct:
		return structNode(v)
	case reflect.String:
		return textNode(v.String())
	case reflect.Bool:
		return plainNode(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int64:
		return plainNode(strconv.FormatInt(v.Int(), 10))
	case reflect.Float64:
		return plainNode(strconv.FormatFloat(v.Float(), 'g', -1, 64))
	}
	panic(fmt.Sprintf("config: a manifest has no fields of type %s", v.Type()))
}

func plainNode(text string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: text} }

// elsewhere matches what YAML 1.1, which others still read, takes for a number
// or a truth.
var elsewhere = regexp.MustCompile(`^(?i:[-+]?[0-9]+(:[0-9]+)+|y|n|yes|no|on|off)$`)

// textNode returns a text, in quotes where it would be read as something else,
// and of several lines as a block where a person would write one.
func textNode(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" || strings.TrimSpace(line) != line || strings.ContainsFunc(line, func(r rune) bool { return !strconv.IsPrint(r) }) {
			n.Style = yaml.DoubleQuotedStyle
		}
	}
	if elsewhere.MatchString(text) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}
