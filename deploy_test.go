package burnlist_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/burnlist/burnlist/config"
)

// commands are the subcommands that the deployment files may call.
var commands = []string{"serve", "demo", "version", "ready"}

// composition is as much of a compose file as ours uses. A key that is not
// here is a misspelled one, until somebody adds it.
type composition struct {
	Name     string                   `yaml:"name"`
	Services map[string]containerSpec `yaml:"services"`
	Volumes  map[string]struct{}      `yaml:"volumes"`
}

type containerSpec struct {
	Build       string            `yaml:"build"`
	Image       string            `yaml:"image"`
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	DependsOn   map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
	Healthcheck struct {
		Test     []string `yaml:"test"`
		Interval string   `yaml:"interval"`
		Timeout  string   `yaml:"timeout"`
		Retries  int      `yaml:"retries"`
	} `yaml:"healthcheck"`
	ReadOnly    bool     `yaml:"read_only"`
	Tmpfs       []string `yaml:"tmpfs"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	Restart     string   `yaml:"restart"`
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	dec := yaml.NewDecoder(bytes.NewReader(readFile(t, name)))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func compose(t *testing.T) composition {
	t.Helper()
	var c composition
	readYAML(t, "docker-compose.yml", &c)
	if len(c.Services) != 3 {
		t.Fatalf("docker-compose.yml has %d services, want burnlist, PostgreSQL and Prometheus", len(c.Services))
	}
	return c
}

// pinned matches an image with a version, at least a major and a minor one.
var pinned = regexp.MustCompile(`^[a-z0-9./-]+:v?[0-9]+\.[0-9]+[A-Za-z0-9.-]*$`)

// withDefault matches a variable of a compose file that has a value when
// nobody sets it.
var withDefault = regexp.MustCompile(`\$\{[A-Z_]+:-([^}]*)\}`)

func TestComposeFileHoldsTogether(t *testing.T) {
	c := compose(t)
	for name, s := range c.Services {
		if s.Build == "" && !pinned.MatchString(s.Image) {
			t.Errorf("%s: image %q is not pinned to a version", name, s.Image)
		}
		if s.Build != "" {
			readFile(t, filepath.Join(s.Build, "Dockerfile"))
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s: port %s is published beyond loopback", name, port)
			}
		}
		for _, volume := range s.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			if strings.HasPrefix(from, ".") {
				readFile(t, from)
			} else if _, ok := c.Volumes[from]; !ok {
				t.Errorf("%s: there is no volume %s", name, from)
			}
		}
		if len(s.Healthcheck.Test) < 2 || s.Healthcheck.Test[0] != "CMD" {
			t.Errorf("%s: the health check %q is no command without a shell", name, s.Healthcheck.Test)
		}
		for other, on := range s.DependsOn {
			if _, ok := c.Services[other]; !ok || on.Condition != "service_healthy" {
				t.Errorf("%s: does not wait until %s is healthy", name, other)
			}
		}
		for key, value := range s.Environment {
			if strings.Contains(withDefault.ReplaceAllString(value, ""), "$") {
				t.Errorf("%s: %s=%s has no default", name, key, value)
			}
		}
	}
}

// TestComposeFileStartsBurnlist reads the command and the environment of the
// container as burnlist would.
func TestComposeFileStartsBurnlist(t *testing.T) {
	c := compose(t)
	s := c.Services["burnlist"]
	var environ []string
	for key, value := range s.Environment {
		environ = append(environ, key+"="+withDefault.ReplaceAllString(value, "$1"))
	}
	settings := loadedBy(t, s.Command, environ)
	if !strings.HasPrefix(settings.Database, "postgres://") || !strings.Contains(settings.Database, "@postgres:5432/") {
		t.Errorf("the database is %s, want that of the service postgres", settings.Database)
	}
	if len(settings.Sources) != 1 || settings.Sources[0].URL != "http://prometheus:9090" {
		t.Errorf("the sources are %+v, want the service prometheus", settings.Sources)
	}
	if got, want := s.Environment["PGPASSWORD"], c.Services["postgres"].Environment["POSTGRES_PASSWORD"]; got != want {
		t.Errorf("burnlist says the password %s, PostgreSQL expects %s", got, want)
	}
	if test := s.Healthcheck.Test; test[1] != "/burnlist" || !slices.Contains(commands, test[2]) {
		t.Errorf("the health check calls %q", test[1:])
	}

	var prometheus struct {
		Scrapes []struct {
			Static []struct {
				Targets []string `yaml:"targets"`
			} `yaml:"static_configs"`
		} `yaml:"scrape_configs"`
	}
	if err := yaml.Unmarshal(readFile(t, "deploy/prometheus.yml"), &prometheus); err != nil {
		t.Fatal(err)
	}
	scraped := map[string]bool{}
	for _, job := range prometheus.Scrapes {
		for _, static := range job.Static {
			for _, target := range static.Targets {
				scraped[target] = true
			}
		}
	}
	if !scraped["burnlist:8080"] || !scraped["localhost:9090"] || !slices.Contains(settings.AllowedHosts, "burnlist") {
		t.Errorf("Prometheus scrapes %v, and burnlist answers to %v", scraped, settings.AllowedHosts)
	}
}

// loadedBy returns the settings that a subcommand starts with.
func loadedBy(t *testing.T, command, environ []string) *config.Settings {
	t.Helper()
	if len(command) == 0 || !slices.Contains(commands, command[0]) {
		t.Fatalf("%q is no command of burnlist", command)
	}
	flags := pflag.NewFlagSet("burnlist", pflag.ContinueOnError)
	config.AddFlags(flags)
	file := flags.String("config", "", "")
	if err := flags.Parse(command[1:]); err != nil {
		t.Fatalf("%q: %v", command, err)
	}
	settings, err := config.Load(*file, flags, environ)
	if err != nil {
		t.Fatalf("%q: %v", command, err)
	}
	return settings
}

func TestDockerfileBuildsWhatIsHere(t *testing.T) {
	stages := map[string]bool{"scratch": true}
	var user string
	for line := range strings.Lines(string(readFile(t, "Dockerfile"))) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch words[0] {
		case "FROM":
			if !stages[words[1]] && !pinned.MatchString(words[1]) {
				t.Errorf("image %s is not pinned to a version", words[1])
			}
			if len(words) == 4 {
				stages[words[3]] = true
			}
		case "COPY":
			if stage, ok := strings.CutPrefix(words[1], "--from="); ok {
				if !stages[stage] {
					t.Errorf("%s: there is no such stage", strings.TrimSpace(line))
				}
				continue
			}
			for _, from := range words[1 : len(words)-1] {
				if _, err := os.Stat(from); err != nil {
					t.Errorf("%s: %v", strings.TrimSpace(line), err)
				}
			}
		case "USER":
			user = words[1]
		case "CMD":
			var command []string
			if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "CMD")), &command); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			loadedBy(t, command, nil)
		}
	}
	if user == "" || strings.HasPrefix(user, "0") || strings.HasPrefix(user, "root") {
		t.Errorf("the image runs as user %q", user)
	}
}

// TestDeployedVersionsAreTheTestedOnes holds the versions against each other
// that are written in two places.
func TestDeployedVersionsAreTheTestedOnes(t *testing.T) {
	library := regexp.MustCompile(`github\.com/prometheus/prometheus v0\.3([0-9]{2})\.([0-9]+)`)
	m := library.FindStringSubmatch(string(readFile(t, "tools/prometheus/go.mod")))
	if len(m) == 0 {
		t.Fatal("tools/prometheus/go.mod names no version of Prometheus 3")
	}
	want := "prom/prometheus:v3." + strings.TrimPrefix(m[1], "0") + "." + m[2]
	if got := compose(t).Services["prometheus"].Image; got != want {
		t.Errorf("docker-compose.yml runs %s, the tests %s", got, want)
	}
	if own := library.FindString(string(readFile(t, "go.mod"))); own != m[0] {
		t.Errorf("go.mod has %s, tools/prometheus/go.mod %s", own, m[0])
	}

	language := regexp.MustCompile(`(?m)^go [0-9]+\.[0-9]+`).FindString(string(readFile(t, "go.mod")))
	if from := strings.Replace(language, "go ", "FROM golang:", 1) + "."; language == "" || !strings.Contains(string(readFile(t, "Dockerfile")), from) {
		t.Errorf("the image is not built with the language version of go.mod, %q", language)
	}
}

func TestPrometheusAcceptsItsConfiguration(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		if os.Getenv("REQUIRE_ALL") == "1" {
			t.Fatal("promtool is needed: install prometheus")
		}
		t.Skip("promtool is not installed: install prometheus")
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "config", "deploy/prometheus.yml").CombinedOutput(); err != nil {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}
