package api

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Optional is a field of a PATCH body that may be absent, which leaves the
// value as it is, but not null.
type Optional[T any] struct {
	value     T
	set, null bool
}

// UnmarshalJSON notes that the field is there.
func (o *Optional[T]) UnmarshalJSON(b []byte) error {
	o.set, o.null = true, bytes.Equal(b, []byte("null"))
	return json.Unmarshal(b, &o.value)
}

// Schema is that of the value.
func (*Optional[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

// Resolve refuses null, which huma's validation lets through for every field
// that is not required.
func (o *Optional[T]) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if !o.null {
		return nil
	}
	return []error{&huma.ErrorDetail{Location: at.String(), Message: "cannot be null: leave the field out to keep its value"}}
}

// apply writes the value to v if the field is there.
func (o *Optional[T]) apply(v *T) {
	if o.set {
		*v = o.value
	}
}

// Nullable is a field of a PATCH body that may be absent, which leaves the
// value as it is, or null, which clears it: it becomes the zero T.
type Nullable[T any] struct {
	value T
	set   bool
}

// UnmarshalJSON notes that the field is there.
func (n *Nullable[T]) UnmarshalJSON(b []byte) error {
	n.set = true
	return json.Unmarshal(b, &n.value)
}

// Schema is that of the value, or null.
func (*Nullable[T]) Schema(r huma.Registry) *huma.Schema {
	return orNull(r, reflect.TypeFor[T]())
}

// apply writes the value to v if the field is there.
func (n *Nullable[T]) apply(v *T) {
	if n.set {
		*v = n.value
	}
}

// orNull returns the schema of t or null. An object is written out, because
// null cannot stand beside a reference.
func orNull(r huma.Registry, t reflect.Type) *huma.Schema {
	s := *r.Schema(t, false, "")
	s.Nullable = true
	return &s
}
