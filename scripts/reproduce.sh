#!/usr/bin/env bash
# Runs the experiments of experiments/reproduce, each with the command that its own comment states; results go to runs/.
# Usage: ATTUNE_DATA=/the/data scripts/reproduce.sh [names of files without .yaml, default all]
set -euo pipefail
cd "$(dirname "$0")/.."

attune=${ATTUNE:-.build/release/attune}
if [ -z "${ATTUNE_DATA:-}" ]; then
  echo "reproduce: ATTUNE_DATA is not set; fetch the data (attune data fetch mnist --folder data), then" >&2
  echo "           ATTUNE_DATA=\$PWD/data make reproduce" >&2
  exit 64
fi
[ -d "$ATTUNE_DATA" ] || { echo "reproduce: ATTUNE_DATA is '$ATTUNE_DATA', which is no folder" >&2; exit 66; }
[ -x "$attune" ] || make build

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for file in experiments/reproduce/*.yaml; do names+=("$(basename "$file" .yaml)"); done
fi

mkdir -p runs
failed=()
for name in "${names[@]}"; do
  file=experiments/reproduce/$name.yaml
  [ -f "$file" ] || { echo "reproduce: no $file" >&2; exit 66; }
  echo "== $name"
  status=0
  if grep -q '^#.*attune train' "$file"; then
    "$attune" train "$file" --output "runs/$name.safetensors" || status=$?
  elif grep -q '^#.*--strategies all' "$file"; then
    "$attune" run "$file" --strategies all || status=$?
    # Of all strategies some are for other tasks, and fail by their own account.
    if [ $status -eq 2 ]; then status=0; fi
  else
    "$attune" run "$file" || status=$?
  fi
  if [ $status -ge 130 ]; then exit $status; fi
  if [ $status -ne 0 ]; then failed+=("$name ($status)"); fi
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "reproduce: failed: ${failed[*]}" >&2
  exit 1
fi
