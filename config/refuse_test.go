package config_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/config"
)

// details returns what Load found wrong, each as "FIELD: message".
func details(t *testing.T, err error) []string {
	t.Helper()
	e, ok := errors.AsType[*burnlist.Error](err)
	if !ok || e.Code != burnlist.Invalid {
		t.Fatalf("error is %v, want an Invalid one", err)
	}
	var all []string
	for _, d := range e.Details {
		all = append(all, d.Field+": "+d.Message)
	}
	return all
}

func TestWhatCannotBeMeantIsRefused(t *testing.T) {
	source := func(keys string) string { return "sources: [{name: a, url: 'http://prom:9090', " + keys + "}]" }
	empty := written(t, "empty", "\n")
	notaurl := written(t, "notaurl", "hooks.example.org/hunter2\n")
	hook := func(keys string) string {
		return "notify: [{name: a, webhook_url: 'http://chat/hunter2', " + keys + "}]"
	}
	mail := func(keys string) string {
		return "notify: [{name: a, mail: {host: smtp, from: a@b, to: [c@d], " + keys + "}}]"
	}
	cases := map[string]struct {
		file    string
		environ []string
		args    []string
		want    string
	}{
		"an unknown key":                   {file: "lisen: x", want: "lisen: is no setting: look it up"},
		"an unknown key without a value":   {file: "database_url:", want: "database_url: is no setting"},
		"an unknown key with a section":    {file: "foo: {}", want: "foo: is no setting"},
		"a key in capitals":                {file: "Listen: 127.0.0.1:1", want: "Listen: is no setting"},
		"a key of a source in capitals":    {file: "sources: [{Name: a, url: 'http://p'}]", want: "sources[0].Name: is no setting"},
		"an unknown key of a source":       {file: source("bearer: x"), want: "sources[0].bearer: is no setting"},
		"an unknown key of TLS":            {file: source("tls: {ca: x}"), want: "sources[0].tls.ca: is no setting"},
		"an unknown key of a header":       {file: source("headers: [{name: X, value: y, file: z}]"), want: "sources[0].headers[0].file: is no setting"},
		"an unknown variable":              {environ: []string{"BURNLIST_LISEN=x"}, want: "BURNLIST_LISEN: is no setting"},
		"an unknown variable that is void": {environ: []string{"BURNLIST_LISEN="}, want: "BURNLIST_LISEN: is no setting"},
		"a list of sources in a variable":  {environ: []string{"BURNLIST_SOURCES=x"}, want: "BURNLIST_SOURCES: cannot be given in the environment: use BURNLIST_PROMETHEUS_URL"},
		"a duration without a unit":        {file: "refresh: 30", want: `refresh: "30" is not a duration: write a number with a unit`},
		"the same in the environment":      {environ: []string{"BURNLIST_REFRESH=30"}, want: `BURNLIST_REFRESH: "30" is not a duration`},
		"a timeout without a unit":         {file: source("timeout: 30"), want: `sources[0].timeout: "30" is not a duration`},
		"a refresh out of range":           {file: "refresh: 2h", want: "refresh: 2h is out of range: use 1s to 1h"},
		"no time at all for a request":     {file: source("timeout: 0s"), want: "sources[0].timeout: 0s is out of range"},
		"a number where a text belongs":    {file: "listen: 8080", want: "listen: is a number: write a text"},
		"a list where a text belongs":      {file: "database: [a]", want: "database: is a list: write a text"},
		"a section where a text belongs":   {file: "log_level: {a: b}", want: "log_level: is a section with keys: write a text"},
		"a text where a list belongs":      {file: "sources: http://prom:9090", want: "sources: is no list: write its elements below it"},
		"a text where a source belongs":    {file: "sources: ['http://prom:9090']", want: "sources[0]: is no section with keys"},
		"yes for true":                     {file: "insecure_listen: yes", want: `insecure_listen: "yes" is neither true nor false`},
		"one for true":                     {environ: []string{"BURNLIST_INSECURE_LISTEN=1"}, want: `BURNLIST_INSECURE_LISTEN: "1" is neither true nor false`},
		"listening without a port":         {file: "listen: localhost", want: `listen: "localhost" is not an address: write host:port`},
		"listening on no port":             {args: []string{"--listen=127.0.0.1:http"}, want: `--listen: "http" is not a port`},
		"listening on a port too high":     {file: "listen: 127.0.0.1:65536", want: `listen: "65536" is not a port`},
		"listening to everybody":           {environ: []string{"BURNLIST_LISTEN=0.0.0.0:80"}, want: `BURNLIST_LISTEN: "0.0.0.0:80" can be reached from other machines`},
		"an allowed host with a scheme":    {args: []string{"--allowed-host=http://x"}, want: `--allowed-host[0]: "http://x" is not a host name: write the name alone`},
		"an allowed host with a port":      {file: "allowed_hosts: [x, 'y:80']", want: `allowed_hosts[1]: "y:80" is not a host name`},
		"another database":                 {file: "database: mysql://root:hunter2@db/x", want: "database: is not the URL of a database: use sqlite:PATH or postgres://"},
		"a database without a path":        {file: "database: 'sqlite:'", want: "database: is not the URL of a database"},
		"two databases":                    {file: "database: sqlite:a\ndatabase_file: b", want: "database_file: stands beside database: give one of them"},
		"a database's file that is away":   {environ: []string{"BURNLIST_DATABASE_FILE=/nowhere/x"}, want: "BURNLIST_DATABASE_FILE: /nowhere/x cannot be read: no such file or directory"},
		"an unknown log level":             {file: "log_level: loud", want: `log_level: "loud" is not one of debug, info, warn, error`},
		"an unknown log format":            {file: "log_format: xml", want: `log_format: "xml" is not one of text, json`},
		"a source without a name":          {file: "sources: [{url: 'http://p'}]", want: `sources[0].name: "" is not a name`},
		"a source with a bad name":         {file: "sources: [{name: a b, url: 'http://p'}]", want: `sources[0].name: "a b" is not a name`},
		"two sources of one name":          {file: "sources: [{name: a, url: 'http://p'}, {name: a, url: 'http://q'}]", want: `sources[1].name: "a" is the name of sources[0] already`},
		"a source without an address":      {file: "sources: [{name: a}]", want: "sources[0].url: is missing"},
		"a source with half an address":    {file: "sources: [{name: a, url: 'prom:9090'}]", want: "sources[0].url: is not a web address"},
		"a source on a port alone":         {file: "sources: [{name: a, url: 'http://:9090'}]", want: "sources[0].url: is not a web address"},
		"a password in an address":         {environ: []string{"BURNLIST_PROMETHEUS_URL=http://u:hunter2@p"}, want: "BURNLIST_PROMETHEUS_URL: holds a user or password"},
		"a query in an address":            {file: "prometheus_url: http://p/?x=y", want: "prometheus_url: holds more than an address"},
		"the source default given twice":   {file: "prometheus_url: http://p\nsources: [{name: default, url: 'http://q'}]", want: "sources[0].url: is given twice"},
		"a token file that is away":        {file: source("bearer_token_file: /nowhere/x"), want: "sources[0].bearer_token_file: /nowhere/x cannot be read"},
		"a token file that is empty":       {file: source("bearer_token_file: " + empty), want: "sources[0].bearer_token_file: " + empty + " is empty"},
		"a user without a password":        {file: source("username: x"), want: "sources[0].password_file: and username go together"},
		"a token and a user":               {file: source("bearer_token_file: x, username: y"), want: "sources[0].username: stands beside bearer_token_file"},
		"a certificate without a key":      {file: source("tls: {cert_file: x}"), want: "sources[0].tls.cert_file: and key_file go together"},
		"TLS without TLS":                  {file: source("tls: {insecure_skip_verify: true}"), want: "sources[0].tls: has no effect on a URL that begins with http:"},
		"no liveness":                      {file: source("liveness: ''"), want: "sources[0].liveness: is empty"},
		"a header without a value":         {file: source("headers: [{name: X}]"), want: "sources[0].headers[0].value: needs exactly one of value and value_file"},
		"a header that is no name":         {file: source("headers: [{name: 'X Y', value: z}]"), want: `sources[0].headers[0].name: "X Y" is not the name of a header`},
		"a header given twice":             {file: source("headers: [{name: X, value: z}, {name: x, value: z}]"), want: `sources[0].headers[1].name: "x" is given twice`},
		"a header of two lines":            {file: source(`headers: [{name: X, value: "a\nHost: b"}]`), want: "sources[0].headers[0].value: holds a line break"},
		"a second authorization":           {file: source("bearer_token_file: x, headers: [{name: Authorization, value: z}]"), want: `sources[0].headers[0].name: "Authorization" stands beside bearer_token_file`},
		"a header of burnlist's own":       {file: source("headers: [{name: Host, value: z}]"), want: `sources[0].headers[0].name: "Host" is set by burnlist itself`},
		"a public address without scheme":  {file: "public_url: burnlist.example.org", want: "public_url: is not a web address: use the one that people open"},
		"a public address with a query":    {environ: []string{"BURNLIST_PUBLIC_URL=https://b?x=y"}, want: "BURNLIST_PUBLIC_URL: holds more than an address"},
		"a public address with a user":     {file: "public_url: https://u:hunter2@b", want: "public_url: holds more than an address"},
		"targets in a variable":            {environ: []string{"BURNLIST_NOTIFY=x"}, want: "BURNLIST_NOTIFY: cannot be given in the environment: write it into the file"},
		"a text where targets belong":      {file: "notify: https://chat/hunter2", want: "notify: is no list: write its elements below it"},
		"an unknown key of a target":       {file: hook("channel: x"), want: "notify[0].channel: is no setting"},
		"a key of a target in capitals":    {file: hook("Weekly: friday 16:00"), want: "notify[0].Weekly: is no setting"},
		"an unknown key of mail":           {file: mail("cc: x"), want: "notify[0].mail.cc: is no setting"},
		"a target without a name":          {file: "notify: [{webhook_url: 'http://chat/x'}]", want: `notify[0].name: "" is not a name`},
		"a target with a bad name":         {file: "notify: [{name: a b, webhook_url: 'http://chat/x'}]", want: `notify[0].name: "a b" is not a name`},
		"two targets of one name":          {file: "notify: [{name: a, webhook_url: 'http://c/x'}, {name: a, webhook_url: 'http://c/y'}]", want: `notify[1].name: "a" is the name of notify[0] already`},
		"a target that goes nowhere":       {file: "notify: [{name: a}]", want: "notify[0].webhook_url: is missing: give one of webhook_url, webhook_url_file and mail"},
		"a target that goes two ways":      {file: hook("mail: {host: smtp}"), want: "notify[0].mail: stands beside a webhook: make two targets of them"},
		"two addresses of a webhook":       {file: hook("webhook_url_file: x"), want: "notify[0].webhook_url_file: stands beside webhook_url"},
		"a webhook that is no address":     {file: "notify: [{name: a, webhook_url: 'hooks.example.org/hunter2'}]", want: "notify[0].webhook_url: is not a web address"},
		"the same in a file":               {file: "notify: [{name: a, webhook_url_file: " + notaurl + "}]", want: "notify[0].webhook_url_file: is not a web address"},
		"a webhook's file that is away":    {file: "notify: [{name: a, webhook_url_file: /nowhere/x}]", want: "notify[0].webhook_url_file: /nowhere/x cannot be read"},
		"no product of a target":           {file: hook("products: []"), want: "notify[0].products: is empty: leave it out"},
		"a product that is no name":        {file: hook("products: [shop, a b]"), want: `notify[0].products[1]: "a b" is not the name of a product`},
		"a product given twice":            {file: hook("products: [shop, shop]"), want: `notify[0].products[1]: "shop" is given twice`},
		"a weekly time without a day":      {file: hook("weekly: '16:00'"), want: `notify[0].weekly: "16:00" is not a weekly time: write a weekday and HH:MM`},
		"a weekly time without a time":     {file: hook("weekly: friday"), want: `notify[0].weekly: "friday" is not a weekly time`},
		"a weekly time of another day":     {file: hook("weekly: fryday 16:00"), want: `notify[0].weekly: "fryday 16:00" is not a weekly time`},
		"a weekly time past midnight":      {file: hook("weekly: friday 24:00"), want: `notify[0].weekly: "friday 24:00" is not a weekly time`},
		"a weekly time of one digit":       {file: hook("weekly: friday 9:00"), want: `notify[0].weekly: "friday 9:00" is not a weekly time`},
		"a weekly time as a section":       {file: hook("weekly: {weekday: friday, time: '16:00'}"), want: "notify[0].weekly: "},
		"a weekly time that is void":       {file: hook("weekly: ''"), want: `notify[0].weekly: "" is not a weekly time`},
		"a target's timeout, bare":         {file: hook("timeout: 30"), want: `notify[0].timeout: "30" is not a duration`},
		"a target's timeout, too long":     {file: hook("timeout: 2m"), want: "notify[0].timeout: 2m is out of range: use 1s to 1m"},
		"a text where mail belongs":        {file: "notify: [{name: a, mail: a@b}]", want: "notify[0].mail: is no section with keys"},
		"mail of which nothing is said":    {file: "notify: [{name: a, mail: {}}]", want: "notify[0].mail.host: is missing"},
		"mail from nobody":                 {file: "notify: [{name: a, mail: {host: smtp, to: [c@d]}}]", want: "notify[0].mail.from: is missing"},
		"mail to nobody":                   {file: "notify: [{name: a, mail: {host: smtp, from: a@b}}]", want: "notify[0].mail.to: is missing"},
		"mail to no address":               {file: "notify: [{name: a, mail: {host: smtp, from: a@b, to: [c@d, sre]}}]", want: `notify[0].mail.to[1]: "sre" is not an address for mail`},
		"mail to two lines": {file: `notify: [{name: a, mail: {host: smtp, from: a@b, to: ["c@d
Bcc: e@f"]}}]`, want: "notify[0].mail.to[0]: "},
		"a mail server with a port":      {file: "notify: [{name: a, mail: {host: 'smtp:25', from: a@b, to: [c@d]}}]", want: `notify[0].mail.host: "smtp:25" is not a host name`},
		"a mail port too high":           {file: mail("port: 65536"), want: "notify[0].mail.port: 65536 is not a port"},
		"a mail port that is a text":     {file: mail("port: smtp"), want: "notify[0].mail.port: is a text: write a number"},
		"a way to TLS that is none":      {file: mail("tls: ssl"), want: `notify[0].mail.tls: "ssl" is not one of starttls, tls, none`},
		"a mail user without a password": {file: mail("username: x"), want: "notify[0].mail.password_file: and username go together"},
		"a mail password without a user": {file: mail("password: hunter2"), want: "notify[0].mail.password_file: and username go together"},
		"two mail passwords":             {file: mail("username: x, password: hunter2, password_file: y"), want: "notify[0].mail.password_file: stands beside password"},
		"a mail password's file away":    {file: mail("username: x, password_file: /nowhere/x"), want: "notify[0].mail.password_file: /nowhere/x cannot be read"},
		"a mail password in the clear":   {file: mail("username: x, password: hunter2, tls: none"), want: "notify[0].mail.username: would send its password in the clear"},
		"an authority without TLS":       {file: mail("tls: none, ca_file: x"), want: "notify[0].mail.ca_file: has no effect without TLS"},
		"an authority that is away":      {file: mail("ca_file: /nowhere/x"), want: "notify[0].mail.ca_file: /nowhere/x cannot be read"},
		"a key given twice":              {file: "listen: a\nlisten: b", want: `mapping key "listen" already defined`},
		"a list for a file":              {file: "- listen", want: "is not a YAML document of keys and values"},
		"two documents":                  {file: "listen: 127.0.0.1:1\n---\nlisten: 127.0.0.1:2", want: "holds more than one YAML document"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := ""
			if c.file != "" {
				file = written(t, "burnlist.yaml", c.file)
			}
			settings, err := config.Load(file, given(t, c.args...), c.environ)
			if err == nil {
				t.Fatalf("accepted, as %+v", settings)
			}
			got := details(t, err)
			found := false
			for _, line := range got {
				found = found || strings.Contains(line, c.want)
			}
			if !found {
				t.Errorf("problems are\n%s\nwant one with\n%s", strings.Join(got, "\n"), c.want)
			}
			if text := err.Error(); strings.Contains(text, "hunter2") {
				t.Errorf("the message tells a password: %s", text)
			}
		})
	}
}

func TestEverythingWrongIsToldAtOnce(t *testing.T) {
	file := written(t, "burnlist.yaml", `
listen: 8080
refresh: 30
colour: red
allowed_hosts: ['x:1', y, 'z:2']
sources:
  - name: a
    url: prom:9090
    timeout: 30
  - name: a
    url: http://prom:9090
    speed: fast
  - 9090
notify:
  - {name: b, webhook_url: chat, weekly: never}
  - 9090
  - {name: b, mail: {from: c, port: 0x10000}}
`)
	_, err := config.Load(file, given(t, "--log-level=loud"), []string{"BURNLIST_LOG_FORMAT=xml", "BURNLIST_X=y"})
	fields := map[string]bool{}
	for _, line := range details(t, err) {
		field, _, _ := strings.Cut(line, ": ")
		if fields[field] {
			t.Errorf("%s is told twice", field)
		}
		fields[field] = true
	}
	want := map[string]bool{
		"listen": true, "refresh": true, "colour": true, "sources[0].url": true, "sources[0].timeout": true,
		"sources[1].name": true, "sources[1].speed": true, "sources[2]": true,
		"notify[0].webhook_url": true, "notify[0].weekly": true, "notify[1]": true, "notify[2].name": true,
		"notify[2].mail.host": true, "notify[2].mail.from": true, "notify[2].mail.to": true, "notify[2].mail.port": true,
		"allowed_hosts[0]": true, "allowed_hosts[2]": true, "--log-level": true, "BURNLIST_LOG_FORMAT": true, "BURNLIST_X": true,
	}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if !strings.Contains(err.Error(), file) {
		t.Errorf("the message does not name the file: %v", err)
	}
}

func TestMissingFileIsRefused(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "nowhere.yaml"), nil, nil)
	if got := strings.Join(details(t, err), "\n"); !strings.Contains(got, "nowhere.yaml cannot be read: no such file") {
		t.Errorf("problems are %s", got)
	}
}

func TestOnlyLoopbackIsSafe(t *testing.T) {
	for listen, safe := range map[string]bool{
		"127.0.0.1:8080": true, "127.3.2.1:8080": true, "[::1]:8080": true, "localhost:0": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.168.1.2:80": false,
		"burnlist.example.org:80": false, "127.0.0.1": false, "localhost.example.org:80": false,
	} {
		if err := config.Loopback(listen); (err == nil) != safe {
			t.Errorf("Loopback(%q) = %v, want safe %t", listen, err, safe)
		}
	}
	settings, err := config.Load("", given(t, "--listen=:8080", "--insecure-listen"), nil)
	if err != nil || settings.Listen != ":8080" {
		t.Errorf("the operator insists, and is refused: %v", err)
	}
}
