#!/usr/bin/env bash
# Fuzzes each target of the module for the time given: fuzz.sh 5s
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:?say for how long, such as 5s or 10m}

targets=$(grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sort) || { echo "no fuzz targets"; exit 0; }
while IFS=: read -r file target; do
	target=${target#func }
	echo "fuzzing $target in $(dirname "$file") for $time"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$(dirname "$file")" </dev/null
done <<<"$targets"
