package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/burnlist/burnlist"
)

const keyHeader = "Idempotency-Key"

// longestKey is how many characters a key may have.
const longestKey = 200

// Keyed is part of every request that writes and that cannot be repeated by
// itself, as one with If-Match can.
type Keyed struct {
	Key string `header:"Idempotency-Key" example:"3f0c9c54-8e7b-4d0e-9a5d-0f7c2f1f6a11" doc:"Makes it safe to send the request again, after an answer that did not arrive: 1 to 200 visible ASCII characters, new for each new request of the actor. The same request under the same key does nothing, however long after, and is answered as it was the first time, but that the notes of a new SLO are empty, and that product, team and advice of an item are those of now; another request is refused. A request that fails or changes nothing leaves its key unused."`

	request string
}

// Resolve refuses a key that is none, and takes over the fingerprint of the
// request.
func (k *Keyed) Resolve(ctx huma.Context) []error {
	given := false // even if it is empty
	ctx.EachHeader(func(name, _ string) { given = given || strings.EqualFold(name, keyHeader) })
	invisible := func(r rune) bool { return r <= ' ' || r > '~' }
	if given && (k.Key == "" || len(k.Key) > longestKey || strings.ContainsFunc(k.Key, invisible)) {
		return []error{&malformed{Fault{
			Location: "header." + keyHeader, Message: "is no key: use 1 to 200 visible ASCII characters, such as a new UUID for each new request",
		}}}
	}
	k.request, _ = ctx.Context().Value(fingerprintKey{}).(string)
	return nil
}

// once returns the author of a request that is done once under its key, if it
// has one.
func (k Keyed) once(by burnlist.Author) burnlist.Author {
	if k.Key != "" {
		by.Key, by.Request = k.Key, k.request
	}
	return by
}

type fingerprintKey struct{}

// fingerprinted returns the request with its fingerprint, if it has a key: two
// requests have the same one if they ask for the same, byte by byte.
func fingerprinted(r *http.Request, body []byte) *http.Request {
	if len(r.Header.Values(keyHeader)) == 0 {
		return r
	}
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery} {
		_, _ = h.Write([]byte(part + "\n")) // a hash does not fail, and none of them has a line break
	}
	_, _ = h.Write(body)
	return r.WithContext(context.WithValue(r.Context(), fingerprintKey{}, hex.EncodeToString(h.Sum(nil))))
}
