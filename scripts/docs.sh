#!/usr/bin/env bash
# Documentation of the library: checks that every public symbol has a comment, and makes the pages.
# Usage: scripts/docs.sh [--check]: with --check the pages are only tried.
set -euo pipefail
cd "$(dirname "$0")/.."

swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members > /dev/null
graphs=$(find "$(swift build --show-bin-path)/.." -maxdepth 1 -name symbolgraph -type d | head -n 1)
scripts/check-docs.py "$graphs"

pages=.build/documentation
input=$(mktemp -d)
trap 'rm -rf "$input"' EXIT
cp "$graphs"/Attune{,Core,Data,Training,Inference,Experiments,Command,Testing}.symbols.json "$input"
rm -rf "$pages"
# Links that lead nowhere are errors of the pages; parameters that speak for themselves need no line.
docc convert Sources/Attune/Attune.docc --additional-symbol-graph-dir "$input" --fallback-bundle-identifier attune \
  --fallback-display-name Attune --transform-for-static-hosting --output-path "$pages" > "$input/log" 2>&1 \
  || { cat "$input/log" >&2; exit 1; }
if grep -E "^(warning|error): .*(doesn't exist|No external resolver|ambiguous)" "$input/log" >&2; then exit 1; fi
if [ "${1:-}" = --check ]; then rm -rf "$pages"; else echo "docs: $pages/documentation/attune/index.html (serve the folder $pages)"; fi
