package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/burnlist/burnlist"
)

// mostManifest is the most bytes that one file of a manifest may have.
const mostManifest = 32 << 20

// ReadManifest reads YAML files, of which each may hold several documents, into
// one manifest. A path is a file, a folder, which stands for its *.yaml and
// *.yml in the order of their names, or - for stdin.
//
// Everything that is wrong comes back at once, as one Invalid error whose
// Details name file, line and column. What the fields may hold beyond their
// types is not looked at here.
func ReadManifest(stdin io.Reader, paths ...string) (*Manifest, error) {
	m, r := &Manifest{}, &manifestReader{}
	for _, path := range paths {
		for _, file := range r.files(path) {
			if text, ok := r.open(stdin, file); ok {
				r.read(file, text, m)
			}
		}
	}
	r.twice(m)
	if len(r.problems) > 0 {
		return nil, &burnlist.Error{Code: burnlist.Invalid, Message: "the files are not valid", Details: r.problems}
	}
	return m, nil
}

// manifestReader collects what is wrong with the files.
type manifestReader struct {
	problems []burnlist.Detail
}

func (r *manifestReader) problem(at Place, format string, args ...any) {
	r.problems = append(r.problems, burnlist.Detail{Field: at.String(), Message: fmt.Sprintf(format, args...)})
}

// files returns the files that a path stands for.
func (r *manifestReader) files(path string) []string {
	info, err := os.Stat(path)
	if path == "-" || err != nil || !info.IsDir() {
		return []string{path}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		r.problem(Place{File: path}, "cannot be read: %v", err)
		return nil
	}
	var files []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	if len(files) == 0 {
		r.problem(Place{File: path}, "holds no *.yaml and no *.yml: name the files, or another folder")
	}
	return files
}

// open returns the contents of a file, if it can be read and is not too long.
func (r *manifestReader) open(stdin io.Reader, file string) ([]byte, bool) {
	in := stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			r.unreadable(file, err)
			return nil, false
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, mostManifest+1))
	switch {
	case err != nil:
		r.unreadable(file, err)
		return nil, false
	case len(text) > mostManifest:
		r.problem(Place{File: file}, "is longer than %d MB: split it into several files", mostManifest>>20)
		return nil, false
	}
	return text, true
}

func (r *manifestReader) unreadable(file string, err error) {
	if at, ok := errors.AsType[*os.PathError](err); ok {
		err = at.Err
	}
	r.problem(Place{File: file}, "cannot be read: %v", err)
}

// syntaxAt finds the line in an error of the YAML parser, which names no column.
var syntaxAt = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// read adds the documents of one file to the manifest.
func (r *manifestReader) read(file string, text []byte, m *Manifest) {
	shown := file
	if file == "-" {
		shown = "stdin"
	}
	for documents := yaml.NewDecoder(bytes.NewReader(text)); ; {
		var document yaml.Node
		err := documents.Decode(&document)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			at, message := Place{File: shown}, err.Error()
			if found := syntaxAt.FindStringSubmatch(message); found != nil {
				at.Line, _ = strconv.Atoi(found[1])
				message = found[2]
			}
			r.problem(at, "is not YAML: %s", message)
			return
		}
		if len(document.Content) == 1 && document.Content[0].ShortTag() != "!!null" {
			d := &nodeDecoder{file: shown, manifestReader: r}
			d.manifest(document.Content[0], m)
		}
	}
}

// twice finds what is there more than once.
func (r *manifestReader) twice(m *Manifest) {
	type thing struct{ kind, name string }
	seen := map[thing]Place{}
	note := func(kind, name string, at Place) {
		first, ok := seen[thing{kind, name}]
		if ok && name != "" {
			r.problem(at, "%s %s is at %s already: keep one of them", kind, name, first)
			return
		}
		seen[thing{kind, name}] = at
	}
	for _, p := range m.Products {
		note("product", p.Name, p.At("name"))
	}
	for _, v := range m.Services {
		note("service", v.Name, v.At("name"))
	}
	for _, o := range m.SLOs {
		note("SLO", o.Name, o.At("name"))
	}
	for _, i := range m.Items {
		note("item", i.Key, i.At("key"))
	}
}

// manifest adds one document to the manifest.
func (d *nodeDecoder) manifest(n *yaml.Node, m *Manifest) {
	var document Manifest
	d.decode(n, &document)
	if document.Policy != nil && m.Policy != nil {
		d.problem(document.Policy.At(""), "the policy is at %s already: keep one of them", m.Policy.At(""))
	} else if document.Policy != nil {
		m.Policy = document.Policy
	}
	m.Products = append(m.Products, document.Products...)
	m.Services = append(m.Services, document.Services...)
	m.SLOs = append(m.SLOs, document.SLOs...)
	for _, i := range document.Items {
		if trimmed := strings.TrimSpace(i.Key); trimmed != i.Key {
			d.problem(i.At("key"), "%q has blanks around it: leave them out", i.Key)
		}
	}
	m.Items = append(m.Items, document.Items...)
}

// identity is the field by which a thing of a list is known again, and what to
// do about one without.
func identity(field string) string {
	if field == "key" {
		return "is missing: give the item a key of your own, such as PM-31/2, by which the next run knows it again"
	}
	return "is missing: give it"
}

// PolicyNames returns the names of the numbers of the policy that a manifest may
// give, in the order of burnlist.Policy.
func PolicyNames() []string {
	var names []string
	for _, f := range fieldsOf(policyType) {
		if f.name != "version" && f.name != "updated_at" {
			names = append(names, f.name)
		}
	}
	return names
}
