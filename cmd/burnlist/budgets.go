package main

import (
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist"
	"github.com/burnlist/burnlist/client"
	"github.com/burnlist/burnlist/prioritizer"
)

func budgetsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "budgets",
		Short: "Show the error budgets",
		Long: `Show the error budgets of the services, the most urgent first. A service is as
urgent as its worst SLO, whose figures stand beside it.`,
		Example: `  burnlist budgets --product shop
  burnlist budgets --state burning --output markdown`,
		Args: cobra.NoArgs,
	}
	r, o := newRemote(cmd), newOutput(cmd, "table", "json", "csv", "markdown")
	var f client.BudgetFilter
	flags := cmd.Flags()
	flags.StringVar(&f.Product, "product", "", "only services of this product")
	flags.StringVar(&f.Service, "service", "", "only this service")
	state := flags.String("state", "", "only services that are exhausted, burning, at_risk, healthy or unknown")
	complete(cmd, "product", r.completes(r.products))
	complete(cmd, "service", r.completes(r.services))
	complete(cmd, "state", cobra.FixedCompletions(states, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := o.check(); err != nil {
			return err
		}
		if *state != "" && !slices.Contains(states, *state) {
			return usagef("%q is not a state: use exhausted, burning, at_risk, healthy or unknown", *state)
		}
		list, err := r.Budgets(cmd.Context(), f)
		if err != nil {
			return err
		}
		list.Budgets = slices.DeleteFunc(list.Budgets, func(b prioritizer.ServiceBudget) bool { return *state != "" && string(b.State) != *state })
		notes := append(freshness(list.Age, list.RefreshedAt), prioritizer.Count(len(list.Budgets), "service"))
		return o.print(cmd, list, budgetsTable(list), notes...)
	}
	return cmd
}

var states = []string{
	string(burnlist.Exhausted), string(burnlist.Burning), string(burnlist.AtRisk), string(burnlist.Healthy), string(burnlist.Unknown),
}

func budgetsTable(list client.BudgetList) *table {
	t := &table{columns: []column{
		{name: "service", least: 16},
		{name: "product", least: 8, spare: 6},
		{name: "state"},
		{name: "reason", least: 10, spare: 5},
		{name: "slo", least: 20, spare: 2},
		{name: "consumed", right: true},
		{name: "forecast", right: true, spare: 1},
		{name: "pace", right: true, spare: 4},
		{name: "exhausts_at", spare: 7},
		{name: "open_items", head: "items", right: true, spare: 3},
	}}
	for _, b := range list.Budgets {
		var worst prioritizer.SLOBudget // without any, nothing of it is known
		if i := slices.IndexFunc(b.SLOs, func(o prioritizer.SLOBudget) bool { return o.SLO == b.Worst && b.Worst != "" }); i >= 0 {
			worst = b.SLOs[i]
		}
		t.rows = append(t.rows, []cell{
			plain(b.Service), plain(b.Product), plain(string(b.State)), orElse(string(b.Reason), "–"), orElse(string(b.Worst), "none"),
			share(worst.Consumed), share(worst.Forecast), number(worst.Pace), moment(worst.ExhaustsAt), plain(strconv.Itoa(b.OpenItems)),
		})
	}
	return t
}

// number is a measured number.
func number(v burnlist.Value) cell {
	n, known := v.Get()
	if !known {
		return plain("unknown")
	}
	return cell{strconv.FormatFloat(n, 'f', 1, 64), v.String()}
}

// moment is an instant that may be missing.
func moment(at *time.Time) cell {
	if at == nil {
		return orElse("", "–")
	}
	return cell{at.UTC().Format("2006-01-02 15:04"), at.UTC().Format(time.RFC3339)}
}
