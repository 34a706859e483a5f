package api

// notNil returns list, or an empty one if it is nil: a list is never null in
// JSON.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
