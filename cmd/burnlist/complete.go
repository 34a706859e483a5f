package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/burnlist/burnlist/client"
)

// completing bounds how long a shell waits for names.
const completing = time.Second

// complete says how the value of a flag is completed. The flag must be there.
func complete(cmd *cobra.Command, flag string, how cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, how); err != nil {
		panic(err) // cannot happen: the flag was added just before
	}
}

// completes completes from what the server has. If it says nothing in time,
// there is nothing to complete, which is no error.
func (r *remote) completes(names func(context.Context) ([]string, error)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, begin string) ([]string, cobra.ShellCompDirective) {
		if r.connect() != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completing)
		defer cancel()
		all, err := names(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var fit []string
		for _, name := range all {
			if strings.HasPrefix(name, begin) {
				fit = append(fit, name)
			}
		}
		return fit, cobra.ShellCompDirectiveNoFileComp
	}
}

// first completes the first argument, and no other.
func (r *remote) first(names func(context.Context) ([]string, error)) cobra.CompletionFunc {
	complete := r.completes(names)
	return func(cmd *cobra.Command, args []string, begin string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, begin)
	}
}

// products are the names of those in force.
func (r *remote) products(ctx context.Context) ([]string, error) {
	list, err := r.Products(ctx)
	var names []string
	for _, p := range list.Products {
		if p.RetiredAt == nil {
			names = append(names, p.Name)
		}
	}
	return names, err
}

// services are the names of those in force.
func (r *remote) services(ctx context.Context) ([]string, error) {
	list, err := r.Services(ctx, client.ServiceFilter{})
	var names []string
	for _, s := range list.Services {
		if s.RetiredAt == nil {
			names = append(names, s.Name)
		}
	}
	return names, err
}

// slos are the names of those in force.
func (r *remote) slos(ctx context.Context) ([]string, error) {
	list, err := r.SLOs(ctx, client.SLOFilter{})
	var names []string
	for _, o := range list.SLOs {
		if o.RetiredAt == nil {
			names = append(names, o.Name)
		}
	}
	return names, err
}
