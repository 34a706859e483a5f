package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/config"
)

// written returns the path of a new file with the given text.
func written(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// given returns burnlist's flags after the arguments were parsed.
func given(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("burnlist", pflag.ContinueOnError)
	config.AddFlags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

func byDefault() *config.Settings {
	return &config.Settings{
		Database: "sqlite:burnlist.db", Listen: "127.0.0.1:8080", AllowedHosts: []string{},
		LogLevel: "info", LogFormat: "text", Refresh: 30 * time.Second,
		Sources: []config.Source{}, Notify: []config.Notify{},
	}
}

func TestDefaultsAreLoopbackAndSQLite(t *testing.T) {
	for name, file := range map[string]string{
		"no file":                "",
		"an empty file":          written(t, "empty.yaml", ""),
		"a file of comments":     written(t, "comments.yaml", "# nothing\n"),
		"a file that is null":    written(t, "null.yaml", "null\n"),
		"keys without any value": written(t, "bare.yaml", "listen:\nsources:\nnotify:\npublic_url:\n"),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.Load(file, given(t), []string{"HOME=/root", "BURNLIST_LISTEN="})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(byDefault(), got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFlagsWinOverTheEnvironmentOverTheFile(t *testing.T) {
	file := written(t, "burnlist.yaml", `
database: sqlite:file.db
listen: 127.0.0.1:1
insecure_listen: false
allowed_hosts: [file.example.org]
log_level: debug
log_format: json
refresh: 1m30s
`)
	environ := []string{
		"BURNLIST_DATABASE=sqlite:environment.db", "BURNLIST_LISTEN=127.0.0.1:2", "BURNLIST_INSECURE_LISTEN=true",
		"BURNLIST_ALLOWED_HOSTS=a.example.org, b.example.org", "BURNLIST_LOG_LEVEL=warn",
	}
	flags := given(t, "--database=sqlite:flag.db", "--listen=0.0.0.0:3", "--allowed-host=c.example.org", "--allowed-host=d.example.org")

	got, err := config.Load(file, flags, environ)
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Settings{
		Database: "sqlite:flag.db", Listen: "0.0.0.0:3", InsecureListen: true,
		AllowedHosts: []string{"c.example.org", "d.example.org"},
		LogLevel:     "warn", LogFormat: "json", Refresh: 90 * time.Second,
		Sources: []config.Source{}, Notify: []config.Notify{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}

	got, err = config.Load(file, nil, environ)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.example.org", "b.example.org"}, got.AllowedHosts); diff != "" {
		t.Errorf("hosts of the environment (-want +got):\n%s", diff)
	}
}

func TestEnvironmentCanNameTheFile(t *testing.T) {
	environ := []string{"BURNLIST_CONFIG=" + written(t, "burnlist.yaml", "refresh: 10s")}
	got, err := config.Load("", nil, environ)
	if err != nil {
		t.Fatal(err)
	}
	if got.Refresh != 10*time.Second {
		t.Errorf("refresh is %v, want that of the file", got.Refresh)
	}
	got, err = config.Load(written(t, "other.yaml", "refresh: 20s"), nil, environ)
	if err != nil {
		t.Fatal(err)
	}
	if got.Refresh != 20*time.Second {
		t.Errorf("refresh is %v, want that of the file that was asked for", got.Refresh)
	}
}

func TestDatabaseURLMayStandInAFile(t *testing.T) {
	secret := written(t, "url", "postgres://burnlist:secret@db/burnlist\n")
	t.Run("it is read", func(t *testing.T) {
		got, err := config.Load("", nil, []string{"BURNLIST_DATABASE_FILE=" + secret})
		if err != nil {
			t.Fatal(err)
		}
		if want := "postgres://burnlist:secret@db/burnlist"; got.Database != want {
			t.Errorf("database is %q, want %q", got.Database, want)
		}
	})
	t.Run("a flag wins over it", func(t *testing.T) {
		got, err := config.Load("", given(t, "--database=sqlite:flag.db"), []string{"BURNLIST_DATABASE_FILE=" + secret})
		if err != nil {
			t.Fatal(err)
		}
		if want := "sqlite:flag.db"; got.Database != want {
			t.Errorf("database is %q, want %q", got.Database, want)
		}
	})
}

func TestPrometheusURLIsTheSourceDefault(t *testing.T) {
	lone := config.Source{Name: "default", URL: "http://prom:9090", Timeout: 30 * time.Second, Liveness: "count(up) > 0"}
	cases := map[string]struct {
		file string
		want []config.Source
	}{
		"by itself": {"", []config.Source{lone}},
		"it takes the place of the file's": {
			"sources: [{name: default, url: http://elsewhere, timeout: 5s}]",
			[]config.Source{{Name: "default", URL: "http://prom:9090", Timeout: 5 * time.Second, Liveness: "count(up) > 0"}},
		},
		"it stands beside another": {
			"sources: [{name: other, url: http://elsewhere}]",
			[]config.Source{{Name: "other", URL: "http://elsewhere", Timeout: 30 * time.Second, Liveness: "count(up) > 0"}, lone},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := config.Load(written(t, "burnlist.yaml", c.file), nil, []string{"BURNLIST_PROMETHEUS_URL=http://prom:9090"})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got.Sources); diff != "" {
				t.Errorf("sources (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSourceIsReadInFull(t *testing.T) {
	token, tenant, ca := written(t, "token", "t0k3n\n"), written(t, "tenant", " shop \n"), written(t, "ca.pem", "ca")
	file := written(t, "burnlist.yaml", `
sources:
  - name: Mimir.EU
    url: https://mimir.example.org/prometheus
    timeout: 1m
    liveness: vector(1)
    bearer_token_file: `+token+`
    headers:
      - {name: X-Scope-OrgID, value_file: `+tenant+`}
      - {name: X-Other, value: "Kept As It Is"}
    tls: {ca_file: `+ca+`, insecure_skip_verify: true}
`)
	got, err := config.Load(file, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Source{{
		Name: "Mimir.EU", URL: "https://mimir.example.org/prometheus", Timeout: time.Minute, Liveness: "vector(1)",
		BearerTokenFile: token,
		Headers: []config.Header{
			{Name: "X-Scope-OrgID", Value: "shop", ValueFile: tenant},
			{Name: "X-Other", Value: "Kept As It Is"},
		},
		TLS: config.TLS{CAFile: ca, InsecureSkipVerify: true},
	}}
	if diff := cmp.Diff(want, got.Sources); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
}

func TestTargetsAreReadInFull(t *testing.T) {
	hook, password := written(t, "hook", "https://hooks.example.org/services/T0/B0/s3cr3t\n"), written(t, "password", "pa55\n")
	ca := written(t, "ca.pem", "ca")
	file := written(t, "burnlist.yaml", `
notify:
  - name: sre-channel
    webhook_url_file: `+hook+`
    products: [shop, Search]
    weekly: " Friday  16:00"
    timeout: 5s
  - {name: bare, webhook_url: "http://chat:8065/hooks/abc?x=y"}
  - name: sre-list
    mail:
      host: smtp.example.org
      tls: tls
      username: burnlist
      password_file: `+password+`
      from: Burnlist <burnlist@example.org>
      to: [sre@example.org, "Ana <ana@example.org>"]
      ca_file: `+ca+`
  - {name: relay, mail: {host: 10.0.0.1, port: 2525, tls: none, from: b@example.org, to: "a@example.org, c@example.org"}}
  - {name: submission, mail: {host: smtp.example.org, username: u, password: p, from: b@example.org, to: [a@example.org]}}
`)
	got, err := config.Load(file, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Notify{
		{
			Name: "sre-channel", WebhookURL: "https://hooks.example.org/services/T0/B0/s3cr3t", WebhookURLFile: hook,
			Products: []string{"shop", "Search"}, Weekly: burnlist.Slot{Weekday: "friday", Time: "16:00"}, Timeout: 5 * time.Second,
		},
		{Name: "bare", WebhookURL: "http://chat:8065/hooks/abc?x=y", Timeout: 10 * time.Second},
		{Name: "sre-list", Timeout: 10 * time.Second, Mail: config.Mail{
			Host: "smtp.example.org", Port: 465, TLS: "tls", Username: "burnlist", Password: "pa55", PasswordFile: password,
			From: "Burnlist <burnlist@example.org>", To: []string{"sre@example.org", "Ana <ana@example.org>"}, CAFile: ca,
		}},
		{Name: "relay", Timeout: 10 * time.Second, Mail: config.Mail{
			Host: "10.0.0.1", Port: 2525, TLS: "none", From: "b@example.org", To: []string{"a@example.org", "c@example.org"},
		}},
		{Name: "submission", Timeout: 10 * time.Second, Mail: config.Mail{
			Host: "smtp.example.org", Port: 587, TLS: "starttls", Username: "u", Password: "p",
			From: "b@example.org", To: []string{"a@example.org"},
		}},
	}
	if diff := cmp.Diff(want, got.Notify); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
}

func TestPublicURLHasNoSlashAtItsEnd(t *testing.T) {
	for given, want := range map[string]string{
		"https://burnlist.example.org":            "https://burnlist.example.org",
		"https://burnlist.example.org/":           "https://burnlist.example.org",
		"http://tools.example.org:8080/burnlist/": "http://tools.example.org:8080/burnlist",
	} {
		got, err := config.Load("", nil, []string{"BURNLIST_PUBLIC_URL=" + given})
		if err != nil {
			t.Fatal(err)
		}
		if got.PublicURL != want {
			t.Errorf("%s is read as %q, want %q", given, got.PublicURL, want)
		}
	}
}

func TestKubernetesServiceLinksArePassedOver(t *testing.T) {
	_, err := config.Load("", nil, []string{
		"BURNLIST_SERVICE_HOST=10.0.0.1", "BURNLIST_SERVICE_PORT=8080", "BURNLIST_SERVICE_PORT_HTTP=8080",
		"BURNLIST_PORT=tcp://10.0.0.1:8080", "BURNLIST_PORT_8080_TCP=tcp://10.0.0.1:8080",
		"BURNLIST_PORT_8080_TCP_ADDR=10.0.0.1", "BURNLIST_DB_SERVICE_HOST=10.0.0.2",
	})
	if err != nil {
		t.Errorf("a container beside a service called burnlist does not start: %v", err)
	}
}
