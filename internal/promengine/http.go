package promengine

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/promql"
)

// Handler returns the part of Prometheus' HTTP API that queries need:
// /api/v1/query and /api/v1/query_range, by GET or as a POST form, and
// /-/ready. Answers have the form that Prometheus gives them.
func (e *Engine) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("The engine is ready.\n"))
	})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		mux.HandleFunc(method+" /api/v1/query", e.query)
		mux.HandleFunc(method+" /api/v1/query_range", e.queryRange)
	}
	return mux
}

func (e *Engine) query(w http.ResponseWriter, r *http.Request) {
	at, err := instantOf(r, "time", time.Now())
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, e.instant(r.Context(), r.FormValue("query"), at))
}

func (e *Engine) queryRange(w http.ResponseWriter, r *http.Request) {
	start, err1 := instantOf(r, "start", time.Time{})
	end, err2 := instantOf(r, "end", time.Time{})
	step, err3 := stepOf(r)
	err := errors.Join(err1, err2, err3)
	switch {
	case err != nil:
	case end.Before(start):
		err = errors.New("invalid parameter \"end\": end timestamp must not be before start time")
	case end.Sub(start)/step > maxPoints:
		err = errors.New("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)")
	}
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, e.between(r.Context(), r.FormValue("query"), start, end, step))
}

// instantOf reads a form value that is an instant: Unix seconds with a
// fraction, or RFC 3339.
func instantOf(r *http.Request, name string, missing time.Time) (time.Time, error) {
	text := r.FormValue(name)
	if text == "" && !missing.IsZero() {
		return missing, nil
	}
	if s, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(s) < 1<<40 {
		return time.UnixMilli(int64(math.Round(s * 1000))).UTC(), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	return time.Time{}, errors.New("invalid parameter " + strconv.Quote(name) + ": cannot parse " + strconv.Quote(text) + " to a valid timestamp")
}

func stepOf(r *http.Request) (time.Duration, error) {
	text := r.FormValue("step")
	step, err := time.ParseDuration(text)
	if s, e := strconv.ParseFloat(text, 64); e == nil && math.Abs(s) < 1<<32 {
		step, err = time.Duration(s*float64(time.Second)), nil
	}
	if err != nil {
		return 0, errors.New("invalid parameter \"step\": cannot parse " + strconv.Quote(text) + " to a valid duration")
	}
	if step < time.Millisecond {
		return 0, errors.New("invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer")
	}
	return step, nil
}

// response is the envelope of all answers.
type response struct {
	Status    string   `json:"status"`
	Data      any      `json:"data,omitempty"`
	ErrorType string   `json:"errorType,omitempty"`
	Error     string   `json:"error,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
	Infos     []string `json:"infos,omitempty"`
}

type data struct {
	ResultType string `json:"resultType"`
	Result     any    `json:"result"`
}

type vectorSeries struct {
	Metric any   `json:"metric"`
	Value  point `json:"value"`
}

type matrixSeries struct {
	Metric any     `json:"metric"`
	Values []point `json:"values"`
}

// point is written as [seconds, "value"].
type point struct {
	t int64
	v float64
}

func (p point) MarshalJSON() ([]byte, error) {
	b := append(seconds([]byte{'['}, p.t), `,"`...)
	b = strconv.AppendFloat(b, p.v, 'f', -1, 64)
	return append(b, `"]`...), nil
}

// seconds appends milliseconds as seconds, with as many decimals as needed.
func seconds(b []byte, ms int64) []byte {
	return strconv.AppendFloat(b, float64(ms)/1000, 'f', -1, 64)
}

// errHistogram is where the engine falls short of a Prometheus: a native
// histogram must be made into a number before it can be answered.
var errHistogram = errors.New("the answer is a native histogram, which this engine does not write: ask for a number, such as histogram_count of it")

func answer(w http.ResponseWriter, res *promql.Result) {
	if res.Err != nil {
		failed(w, res.Err)
		return
	}
	d := data{ResultType: string(res.Value.Type())}
	switch v := res.Value.(type) {
	case promql.Vector:
		vector := make([]vectorSeries, len(v))
		for i, s := range v {
			if s.H != nil {
				failed(w, errHistogram)
				return
			}
			vector[i] = vectorSeries{s.Metric, point{s.T, s.F}}
		}
		d.Result = vector
	case promql.Matrix:
		matrix := make([]matrixSeries, len(v))
		for i, s := range v {
			if len(s.Histograms) > 0 {
				failed(w, errHistogram)
				return
			}
			values := make([]point, len(s.Floats))
			for j, p := range s.Floats {
				values[j] = point{p.T, p.F}
			}
			matrix[i] = matrixSeries{s.Metric, values}
		}
		d.Result = matrix
	case promql.Scalar:
		d.Result = point{v.T, v.V}
	case promql.String:
		d.Result = []any{json.RawMessage(seconds(nil, v.T)), v.V}
	}
	warnings, infos := res.Warnings.AsStrings("", 10, 10)
	write(w, http.StatusOK, response{Status: "success", Data: d, Warnings: warnings, Infos: infos})
}

// refuse answers that the request itself is wrong.
func refuse(w http.ResponseWriter, err error) { fail(w, http.StatusBadRequest, "bad_data", err) }

// failed answers that an evaluation failed, with the type and under the status
// that Prometheus gives the error.
func failed(w http.ResponseWriter, err error) {
	if _, ok := errors.AsType[badData](err); ok {
		refuse(w, err)
	} else if _, ok := errors.AsType[promql.ErrQueryTimeout](err); ok {
		fail(w, http.StatusServiceUnavailable, "timeout", err)
	} else if _, ok := errors.AsType[promql.ErrQueryCanceled](err); ok {
		fail(w, http.StatusServiceUnavailable, "canceled", err)
	} else {
		fail(w, http.StatusUnprocessableEntity, "execution", err)
	}
}

func fail(w http.ResponseWriter, status int, kind string, err error) {
	write(w, status, response{Status: "error", ErrorType: kind, Error: err.Error()})
}

func write(w http.ResponseWriter, status int, r response) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(r) // the client that cannot read it has gone
}
