package config

import (
	"strings"

	"github.com/spf13/pflag"
)

// AddFlags defines the settings that can be given as flags. Load reads those
// of them that were given.
func AddFlags(flags *pflag.FlagSet) {
	flags.String("database", "", "where everything is kept: sqlite:PATH or postgres://… (default sqlite:burnlist.db)")
	flags.StringSlice("allowed-host", nil, "host name that is answered beside the loopback ones; may be repeated")
	flags.String("log-level", "", "debug, info, warn or error (default info)")
	flags.String("log-format", "", "text or json (default text)")
	AddListenFlags(flags)
}

// AddListenFlags defines only those flags that say where to listen.
func AddListenFlags(flags *pflag.FlagSet) {
	flags.String("listen", "", "address to listen on (default 127.0.0.1:8080)")
	flags.Bool("insecure-listen", false, "listen on more than loopback: whoever reaches the port can change everything")
}

// flagOf returns the name of the flag that sets a key, if there is one.
func flagOf(key string) string {
	if key == "allowed_hosts" {
		return "allowed-host" // given once for each name
	}
	return strings.ReplaceAll(key, "_", "-")
}
