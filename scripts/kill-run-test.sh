#!/usr/bin/env bash
# Runs an experiment of 24 arms with two jobs, kills it with SIGKILL at random moments, and starts it again until it ends,
# ROUNDS times. Every arm must be there once, and results.json must be that of a run that was left alone, apart from what
# a clock measured and from the provenance.
# Usage: scripts/kill-run-test.sh [rounds, default 20] [seed, default 1] [attune, default .build/release/attune or debug]
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-20}
RANDOM=${2:-1}
attune=${3:-}
if [ -z "$attune" ]; then
  for kind in release debug; do
    if [ -x ".build/$kind/attune" ]; then attune=.build/$kind/attune; break; fi
  done
fi
[ -x "$attune" ] || { echo "kill-run-test: no attune; build it first: swift build -c release" >&2; exit 1; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/run.yaml" << YAML
name: killed
seeds: [0, 1]
latencySeconds: 0
data:
  source: {kind: csv, path: $PWD/datasets/digits.csv, target: target}
  task: classification
  split: {kind: random, trainFraction: 0.5}
  preprocessing: {kind: scale, factor: 0.0625}
  range: [0, 16]
network: {kind: mlp, hidden: [32], batchNorm: true, dropout: 0.1}
training:
  - {name: adam, optimizer: {kind: adam, learningRate: 0.01}, epochs: 12}
  - {name: again, optimizer: {kind: adam, learningRate: 0.01}, epochs: 12}
inference:
  - {name: none, strategy: none}
  - {name: tent, strategy: tent}
  - {name: student, strategy: bn-ema, student: {hidden: [8], epochs: 3}}
scenarios:
  - {name: clean}
  - {name: noise, shifts: [{kind: gaussian-noise, standardDeviation: 4}]}
YAML

run() { "$attune" run "$folder/run.yaml" --jobs 2 --quiet --output "$1/run"; }

# What a clock measured and what names the run are left out, all else is compared byte by byte.
cat > "$folder/compare.py" << 'PYTHON'
import json, sqlite3, sys

def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()
                if k not in ("provenance", "single", "batch") and "econds" not in k}
    return [plain(v) for v in value] if isinstance(value, list) else value

left, right = (json.dumps(plain(json.load(open(f"{p}/run/results.json"))), sort_keys=True) for p in sys.argv[1:3])
store = sqlite3.connect(f"{sys.argv[2]}/attune.sqlite")
arms = store.execute("SELECT count(*), count(DISTINCT training || inference || scenario || seed) FROM arms").fetchone()
status = store.execute("SELECT status FROM runs").fetchall()
sound = store.execute("PRAGMA integrity_check").fetchone()[0]
if arms != (24, 24) or status != [("finished",)] or sound != "ok":
    sys.exit(f"the store has {arms[0]} arms, {arms[1]} different ones, runs {status}, and is {sound}")
if left != right:
    sys.exit("results.json differs")
PYTHON

mkdir "$folder/whole"
started=$(date +%s%N)
run "$folder/whole" > /dev/null
span=$((($(date +%s%N) - started) / 1000000))
echo "kill-run-test: undisturbed $span ms, $rounds rounds"

same=0 kills=0 midway=0 torn=0
for ((round = 1; round <= rounds; round++)); do
  place="$folder/$round"
  mkdir "$place"
  for ((kill = 1; kill <= 3; kill++)); do
    "$attune" run "$folder/run.yaml" --jobs 2 --quiet --output "$place/run" > /dev/null 2> "$folder/errors" &
    process=$!
    sleep "$(printf '%d.%03d' $(((wait_ms = (RANDOM * 32768 + RANDOM) % span) / 1000)) $((wait_ms % 1000)))"
    if kill -KILL "$process" 2> /dev/null; then kills=$((kills + 1)); fi
    wait "$process" 2> /dev/null || true
    if ls "$place"/run/units/*.arms.jsonl > /dev/null 2>&1; then midway=$((midway + 1)); fi
    if [ -n "$(find "$place" -name '.attune-*.tmp' 2> /dev/null)" ]; then torn=$((torn + 1)); fi
  done
  run "$place" > /dev/null 2> "$folder/errors" || { cat "$folder/errors" >&2; exit 1; }
  if python3 "$folder/compare.py" "$folder/whole" "$place"; then same=$((same + 1)); else echo "in round $round" >&2; fi
  rm -rf "$place"
done
echo "kill-run-test: $same of $rounds the same; $kills kills, $midway within a unit, $torn while a file was written"
[ "$same" -eq "$rounds" ]
