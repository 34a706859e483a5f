package web

import (
	"strings"
	"testing"
	"time"

	"github.com/burnlist/burnlist"
)

func TestNumbersReadWell(t *testing.T) {
	known := burnlist.Known
	tests := map[string]struct{ got, want string }{
		"an overspent budget":             {percent(known(1.384)), "138 %"},
		"what is not all spent":           {percent(known(0.9996)), "99.9 %"},
		"a small share":                   {percent(known(0.0712)), "7.1 %"},
		"a share that is not nothing":     {percent(known(0.0001)), "under 0.1 %"},
		"nothing":                         {percent(known(0)), "0 %"},
		"an unknown share":                {percent(burnlist.Value{}), "unknown"},
		"what is left of a spent budget":  {remaining(known(1)), "0 %"},
		"what is left of an overspent":    {remaining(known(1.38)), "−38 %"},
		"a hair overspent":                {remaining(known(1.0001)), "−0.1 %"},
		"what is left of an unknown":      {remaining(burnlist.Value{}), "unknown"},
		"an objective of five nines":      {objective(0.99999), "99.999 %"},
		"an objective that floats misfit": {objective(0.9995), "99.95 %"},
		"seconds":                         {span(59 * time.Second), "less than a minute"},
		"minutes":                         {span(4*time.Minute + 59*time.Second), "4 min"},
		"hours and minutes":               {span(2*time.Hour + 5*time.Minute), "2 h 5 min"},
		"whole hours":                     {span(30 * time.Hour), "30 h"},
		"days and hours":                  {span(50 * time.Hour), "2 d 2 h"},
		"a clock that runs behind":        {span(-time.Hour), "less than a minute"},
		"just now":                        {ago(30 * time.Second), "just now"},
		"a minute ago":                    {ago(time.Minute), "1 minute ago"},
		"hours ago":                       {ago(125 * time.Minute), "2 h 5 min ago"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := strings.ReplaceAll(test.got, nbsp, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
