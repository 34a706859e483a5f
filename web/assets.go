package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"time"
)

// assets are the embedded files that pages refer to, by name.
type assets map[string]asset

type asset struct {
	content []byte
	version string // changes with the content
	kind    string
}

// newAssets reads the embedded files. It panics if they are not there, which
// no input can cause.
func newAssets() assets {
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
	all := assets{}
	files, err := fs.ReadDir(staticFiles, "static")
	if err != nil {
		panic(err)
	}
	for _, f := range files {
		content, err := staticFiles.ReadFile("static/" + f.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(content)
		all[f.Name()] = asset{content: content, version: hex.EncodeToString(sum[:6]), kind: kinds[path.Ext(f.Name())]}
	}
	return all
}

// path returns the address of a file, its version in it.
func (a assets) path(name string) string { return "/static/" + name + "?v=" + a[name].version }

// serve answers with one file. A browser may keep for good what it asked for by
// its version; anything else it has to ask for again, and gets a 304.
func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	f, ok := a[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	keep := "no-cache"
	if r.URL.Query().Get("v") == f.version {
		keep = "public, max-age=31536000, immutable"
	}
	w.Header().Set("Cache-Control", keep)
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("ETag", `"`+f.version+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
}
