// Package config reads what an operator sets before burnlist starts: a YAML
// file, BURNLIST_… variables of the environment, and flags.
//
// It decides which of them counts and refuses what cannot be meant, all of it
// at once. It knows nothing of what the settings are used for: no database is
// opened here and no server asked.
package config

import (
	"time"

	"github.com/burnlist/burnlist"
)

// Settings are everything that is decided before burnlist starts.
type Settings struct {
	Database       string        `mapstructure:"database"`        // "sqlite:PATH" or "postgres://…"
	Listen         string        `mapstructure:"listen"`          // host:port
	InsecureListen bool          `mapstructure:"insecure_listen"` // allows Listen to be more than loopback
	AllowedHosts   []string      `mapstructure:"allowed_hosts"`   // names that are answered beside the loopback ones, without ports
	LogLevel       string        `mapstructure:"log_level"`       // debug, info, warn or error
	LogFormat      string        `mapstructure:"log_format"`      // text or json
	Refresh        time.Duration `mapstructure:"refresh"`         // between two refreshes of the budgets
	PublicURL      string        `mapstructure:"public_url"`      // where people find burnlist, without a slash at the end; may be empty
	Sources        []Source      `mapstructure:"sources"`         // each name once
	Notify         []Notify      `mapstructure:"notify"`          // each name once
}

// Source is one Prometheus, or anything that speaks its API. At most one of
// BearerTokenFile and Username is set.
type Source struct {
	Name            string        `mapstructure:"name"` // what SLOs call it
	URL             string        `mapstructure:"url"`
	Headers         []Header      `mapstructure:"headers"`
	BearerTokenFile string        `mapstructure:"bearer_token_file"`
	Username        string        `mapstructure:"username"`
	PasswordFile    string        `mapstructure:"password_file"`
	TLS             TLS           `mapstructure:"tls"`
	Timeout         time.Duration `mapstructure:"timeout"`  // of one request
	Liveness        string        `mapstructure:"liveness"` // PromQL that has a value while the source is alive
}

// Header is sent with each request, such as the tenant of a Mimir. Value is
// set in any case: Load fills it from ValueFile if that is given.
type Header struct {
	Name      string `mapstructure:"name"`
	Value     string `mapstructure:"value"`
	ValueFile string `mapstructure:"value_file"`
}

// TLS says how the source's certificate is checked and which one it is shown.
// All of it is optional.
type TLS struct {
	CAFile             string `mapstructure:"ca_file"`
	CertFile           string `mapstructure:"cert_file"` // with KeyFile, or neither
	KeyFile            string `mapstructure:"key_file"`
	InsecureSkipVerify bool   `mapstructure:"insecure_skip_verify"`
}

// document is what can be written: the settings, and two keys that are
// another way to write one of them.
type document struct {
	Settings      `mapstructure:",squash"`
	DatabaseFile  string `mapstructure:"database_file"`  // holds the database's URL
	PrometheusURL string `mapstructure:"prometheus_url"` // URL of the source "default"
}

// defaults holds every key that can be written at the top, with its value when
// nobody does.
func defaults() map[string]any {
	return map[string]any{
		"database":        "sqlite:burnlist.db",
		"database_file":   "",
		"listen":          "127.0.0.1:8080",
		"insecure_listen": false,
		"allowed_hosts":   []string{},
		"log_level":       "info",
		"log_format":      "text",
		"refresh":         "30s",
		"public_url":      "",
		"prometheus_url":  "",
		"sources":         []any{},
		"notify":          []any{},
	}
}

// What a source has that does not say. Its other keys are empty.
const (
	defaultTimeout  = 30 * time.Second
	defaultLiveness = "count(up) > 0"
)

// defaultSource is the source that prometheus_url sets.
const defaultSource = burnlist.DefaultSource
