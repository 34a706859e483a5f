// Package bench measures what keeping budgets costs a real Prometheus and
// burnlist itself. All of it is benchmarks; docs/benchmarks.md reports what they
// found, and how to run them.
package bench
