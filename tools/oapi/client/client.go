// Package client is generated from the document of a server when it is needed,
// and laid over this file; it is not kept. What the generated code imports is
// named here, so that the module requires it.
package client

import (
	_ "github.com/oapi-codegen/runtime"
	_ "github.com/oapi-codegen/runtime/types"
)
