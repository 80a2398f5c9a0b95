#!/usr/bin/env bash
# Builds the example package against this checkout and runs its experiment, as a user would.
set -euo pipefail
cd "$(dirname "$0")/../Examples/CustomStrategy"

# The debug build of the tests is reused where it can be: the example has a build folder of its own.
swift build
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
"$(swift build --show-bin-path)/CustomStrategy" run experiment.yaml --output "$output" --quiet
grep -q 'match-moments-half' "$output/results.csv"
[ -s "$output/report.html" ]
echo "example: ok"
