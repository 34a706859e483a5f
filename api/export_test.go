package api

// Conditional is the layer by itself, for handlers that the API does not have.
var Conditional = conditional
