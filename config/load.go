package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"github.com/burnlist/burnlist"
)

// Load returns the settings. A flag that was given wins over the environment,
// the environment over the file, and the file over the defaults. The file is
// optional: an empty name stands for the one that BURNLIST_CONFIG names, or
// none. Flags may be nil; environ has the form of os.Environ.
//
// Everything that is wrong comes back at once, as one Invalid error whose
// Details name the flag, the variable or the key of the file.
func Load(file string, flags *pflag.FlagSet, environ []string) (*Settings, error) {
	if file == "" {
		file = configFile(environ)
	}
	p := &problems{places: map[string]place{}}
	values := p.file(file)
	maps.Copy(values, p.environment(environ))

	v := viper.New()
	for key, value := range defaults() {
		v.SetDefault(key, value)
		if flags == nil {
			continue
		}
		if flag := flags.Lookup(flagOf(key)); flag != nil && flag.Changed {
			p.places[key] = place{inFlag, "--" + flag.Name}
			if err := v.BindPFlag(key, flag); err != nil {
				return nil, fmt.Errorf("bind flag %s: %w", flag.Name, err)
			}
		}
	}
	if err := v.MergeConfigMap(values); err != nil {
		return nil, fmt.Errorf("merge the configuration: %w", err)
	}
	var d document
	if err := v.UnmarshalExact(&d, strictly); err != nil {
		p.decoding(err)
	}
	p.settings(&d)
	if err := p.err(file); err != nil {
		return nil, err
	}
	return &d.Settings, nil
}

// file returns the top keys of the file. Here the unknown ones are found,
// because viper passes over those without a value.
func (p *problems) file(name string) map[string]any {
	values := map[string]any{}
	if name == "" {
		return values
	}
	text, err := read(name)
	if err != nil {
		p.add("", "%v", err)
		return values
	}
	documents := yaml.NewDecoder(bytes.NewReader(text))
	if err := documents.Decode(&values); err != nil && !errors.Is(err, io.EOF) {
		p.add("", "%s is not a YAML document of keys and values: %v", name, err)
		return map[string]any{}
	}
	if err := documents.Decode(new(any)); !errors.Is(err, io.EOF) {
		p.add("", "%s holds more than one YAML document: keep one", name)
	}
	if values == nil { // the document is a bare null
		values = map[string]any{}
	}
	known := defaults()
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if _, ok := known[key]; !ok {
			p.add(key, "is no setting: look it up in docs/configuration.md")
			delete(values, key)
			continue
		}
		p.places[key] = place{inFile, key}
		p.capitals(key, values[key])
	}
	return values
}

// capitals finds keys below a top key that have capitals, which viper takes
// for the key in small letters.
func (p *problems) capitals(at string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key != strings.ToLower(key) {
				p.add(at+"."+key, "is no setting: keys are written in small letters")
			}
			p.capitals(at+"."+key, v[key])
		}
	case []any:
		for i, element := range v {
			p.capitals(fmt.Sprintf("%s[%d]", at, i), element)
		}
	}
}

// read returns the contents of a file that an operator named.
func read(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathErr.Err
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	return text, nil
}

// strictly makes viper refuse a value of the wrong type, instead of guessing
// what it could mean, reads the four forms in which a text stands for something
// else, and fills in what sections have that do not say.
func strictly(c *mapstructure.DecoderConfig) {
	c.WeaklyTypedInput = false
	c.DecodeHook = func(from, to reflect.Type, data any) (any, error) {
		text, isText := data.(string)
		switch {
		case to == reflect.TypeFor[time.Duration]():
			d, err := burnlist.ParseDuration(fmt.Sprint(data))
			return d.Std(), err
		case to.Kind() == reflect.Bool && isText:
			if text != "true" && text != "false" {
				return nil, fmt.Errorf("%q is neither true nor false", text)
			}
			return text == "true", nil
		case to == reflect.TypeFor[[]string]() && isText:
			return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }), nil
		case to == reflect.TypeFor[burnlist.Slot]():
			return parseSlot(data)
		case from.Kind() == reflect.Map:
			return filled(data, to), nil
		}
		return data, nil
	}
}

// filled returns a section of the file with the defaults of its type, below
// what it says itself.
func filled(data any, to reflect.Type) any {
	section, ok := data.(map[string]any)
	if !ok {
		return data
	}
	var full map[string]any
	switch to {
	case reflect.TypeFor[Source]():
		full = map[string]any{"timeout": defaultTimeout, "liveness": defaultLiveness}
	case reflect.TypeFor[Notify]():
		full = map[string]any{"timeout": defaultNotifyTimeout}
	case reflect.TypeFor[Mail]():
		full = map[string]any{"tls": defaultMailTLS}
	default:
		return data
	}
	maps.Copy(full, section)
	return full
}

// settings checks the values that have the right type.
func (p *problems) settings(d *document) {
	p.listen(&d.Settings)
	p.hosts(d.AllowedHosts)
	p.database(d)
	p.oneOf("log_level", d.LogLevel, "debug", "info", "warn", "error")
	p.oneOf("log_format", d.LogFormat, "text", "json")
	if d.Refresh < time.Second || d.Refresh > time.Hour {
		p.add("refresh", "%s is out of range: use 1s to 1h", burnlist.Duration(d.Refresh))
	}
	p.publicURL(&d.Settings)
	p.sources(d)
	p.targets(d.Notify)
}

func (p *problems) oneOf(key, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		p.add(key, "%q is not one of %s", value, strings.Join(choices, ", "))
	}
}

// database lets the stronger layer of database and database_file count. The
// URL is not repeated in messages: it may hold a password.
func (p *problems) database(d *document) {
	key := "database"
	if plain, file := p.places["database"], p.places["database_file"]; d.DatabaseFile != "" && file.layer >= plain.layer {
		if file.layer == plain.layer {
			p.add("database_file", "stands beside %s: give one of them", plain.name)
			return
		}
		key, d.Database = "database_file", p.secret("database_file", d.DatabaseFile)
	}
	if path, ok := strings.CutPrefix(d.Database, "sqlite:"); ok && path != "" {
		return
	}
	u, err := url.Parse(d.Database)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		p.add(key, "is not the URL of a database: use sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME")
	}
}
