package config

import (
	"regexp"
	"slices"
	"strings"
)

const (
	prefix = "BURNLIST_"
	// fileVariable names the configuration file when no flag does.
	fileVariable = prefix + "CONFIG"
)

// ofClients are the variables of the commands that ask a running burnlist.
// Whoever has set them may start a server, too.
var ofClients = []string{prefix + "SERVER", prefix + "ACTOR"}

// serviceLink matches the variables by which Kubernetes tells each container
// of the services beside it, such as one that is called burnlist.
var serviceLink = regexp.MustCompile(`^BURNLIST_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?)$`)

// variableOf returns the name of the variable that sets a key.
func variableOf(key string) string { return prefix + strings.ToUpper(key) }

// environment returns the values of burnlist's own variables by key. An empty
// variable counts as not set. Unknown ones are problems.
func (p *problems) environment(environ []string) map[string]any {
	known := map[string]string{fileVariable: ""}
	for key := range defaults() {
		known[variableOf(key)] = key
	}
	values := map[string]any{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		key, ok := known[name]
		switch {
		case ok && key != "" && key != "sources" && key != "notify" && value != "":
			values[key] = value
			p.places[key] = place{inEnvironment, name}
		case key == "sources":
			p.add(name, "cannot be given in the environment: use %s for one source, or the file", variableOf("prometheus_url"))
		case key == "notify":
			p.add(name, "cannot be given in the environment: write it into the file")
		case ok, slices.Contains(ofClients, name), serviceLink.MatchString(name), name == prefix+"PORT" && strings.Contains(value, "://"):
		default:
			p.add(name, "is no setting: look it up in docs/configuration.md, or unset it")
		}
	}
	return values
}

// configFile returns the file that the environment names, or an empty string.
func configFile(environ []string) string {
	for _, pair := range environ {
		if file, ok := strings.CutPrefix(pair, fileVariable+"="); ok {
			return file
		}
	}
	return ""
}
