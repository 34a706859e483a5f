package budget

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/burnlist/burnlist"
)

// histogramName is what the name of a histogram may be. Dots need Prometheus
// 3.0.
var histogramName = regexp.MustCompile(`^[A-Za-z_:][A-Za-z0-9_:.]*$`)

// checkHistogram says what is wrong with the name of a histogram.
func checkHistogram(name string) error {
	if !histogramName.MatchString(name) {
		return errors.New("is not the name of a metric: give it without labels, such as http_request_duration_seconds")
	}
	for _, suffix := range []string{"_bucket", "_count", "_sum"} {
		if bare, ok := strings.CutSuffix(name, suffix); ok {
			return fmt.Errorf("ends in %s: leave the suffix out, as in %s", suffix, bare)
		}
	}
	return nil
}

var errNamed = errors.New("1:1: matches __name__: the histogram's name is given beside it")

// labelsOf reads the label matchers of a histogram, which stand in braces or
// not at all, and prints them one by one.
func labelsOf(l *burnlist.Latency) ([]string, error) {
	// A selector needs a name to be complete. Positions are told without it.
	const name = "h"
	tree, err := newParser().ParseExpr(name + l.Selector)
	if err != nil {
		if errs, ok := errors.AsType[parser.ParseErrors](err); ok && len(errs) > 0 {
			if strings.Contains(errs[0].Err.Error(), "must not be set twice") {
				return nil, errNamed
			}
			return nil, fmt.Errorf("is not PromQL: %s: parse error: %w", position(l.Selector, int(errs[0].PositionRange.Start)-len(name)), errs[0].Err)
		}
		return nil, fmt.Errorf("is not PromQL: %w", err)
	}
	v, ok := tree.(*parser.VectorSelector)
	if !ok || v.Name != name || modified(v) {
		return nil, errors.New(`1:1: is more than label matchers: give them in braces, such as {job="api"}, or leave the selector out`)
	}
	var printed []string
	named := false
	for _, m := range v.LabelMatchers {
		switch {
		case m.Name == "__name__" && !named && m.Value == name:
			named = true
		case m.Name == "__name__":
			return nil, errNamed
		case m.Name == "le" && !l.Native:
			return nil, errors.New("1:1: matches le: the threshold says which bucket is meant")
		default:
			printed = append(printed, m.String())
		}
	}
	return printed, nil
}

// selectorOf makes the selector of a metric from printed label matchers.
func selectorOf(name string, matchers ...string) (expression, error) {
	if strings.Contains(name, ".") {
		return parseSelector("{" + strings.Join(append([]string{strconv.Quote(name)}, matchers...), ",") + "}")
	}
	return parseSelector(name + "{" + strings.Join(matchers, ",") + "}")
}

// bucketAt matches the label le of the classic bucket up to a threshold above
// 0, however the number is written: client libraries print 1, 1.0 and 1e+00
// alike, and Prometheus 3 rewrites what it scrapes.
func bucketAt(threshold float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(threshold, 'e', -1, 64), "e")
	digits := strings.Replace(mantissa, ".", "", 1)
	e, err := strconv.Atoi(exponent)
	if err != nil {
		return "" // the threshold is not finite
	}
	const none = `(\.0*)?` // no fraction
	var plain string
	switch {
	case e < 0:
		plain = `0?\.` + strings.Repeat("0", -e-1) + digits + `0*`
	case e >= len(digits)-1:
		plain = digits + strings.Repeat("0", e-len(digits)+1) + none
	default:
		plain = digits[:e+1] + `\.` + digits[e+1:] + `0*`
	}
	scientific := digits[:1] + none
	if len(digits) > 1 {
		scientific = digits[:1] + `\.` + digits[1:] + `0*`
	}
	sign := map[bool]string{true: "-", false: `\+?`}[e < 0]
	if e == 0 {
		sign = "[+-]?"
	}
	scientific += "[eE]" + sign + "0*" + strconv.Itoa(max(e, -e))
	return "le=~" + strconv.Quote(plain+"|"+scientific)
}
