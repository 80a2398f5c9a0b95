#!/usr/bin/env bash
# Format and structure: swift-format, long files, imports that point upward, things that must not be committed.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint --strict --parallel --recursive Package.swift Sources Tests Examples

status=0
fail() { echo "lint: $1" >&2; status=1; }

while read -r lines file; do
  [ "$file" = total ] || [ "$lines" -le 400 ] || fail "$file has $lines lines, 400 at most"
done < <(git ls-files -z -- '*.swift' '*.c' '*.h' | xargs -0 wc -l)

# A module imports only what is below it; only AttuneCore touches C.
order=(AttuneCore AttuneData AttuneTraining AttuneInference AttuneExperiments AttuneCommand)
for ((i = 0; i < ${#order[@]}; i++)); do
  for ((j = i + 1; j < ${#order[@]}; j++)); do
    grep -rnE "^[a-z_@ ]*import ${order[j]}\$" "Sources/${order[i]}" && fail "${order[i]} imports ${order[j]}, which is above it"
  done
  if [ "${order[i]}" != AttuneCore ]; then
    grep -rnE '^[a-z_@ ]*import (CKernels|COpenBLAS|CZlib)$' "Sources/${order[i]}" && fail "only AttuneCore may import C"
  fi
done
grep -rlE '^[a-z_@ ]*import Yams$' Sources | grep -v '^Sources/AttuneExperiments/Configuration/Decoding/' \
  && fail "only Configuration/Decoding may import Yams"
grep -rlE '^[a-z_@ ]*import GRDB$' Sources | grep -v '^Sources/AttuneExperiments/Store/' \
  && fail "only AttuneExperiments/Store may import GRDB"
git ls-files | grep -E '(^|/)(\.build/|Package\.resolved$|.*\.(o|log|sqlite)$)' && fail "files that do not belong in a commit"

[ "$status" -eq 0 ] && echo "lint: ok"
exit "$status"
