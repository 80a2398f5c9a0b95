#!/usr/bin/env bash
# Trains, kills with SIGKILL at random moments and starts again, ROUNDS times, and compares each model file with that of
# a training that was left alone, byte by byte. Every other round writes a checkpoint after each step, so that kills
# hit the writing, too.
# Usage: scripts/kill-test.sh [rounds, default 50] [seed, default 1] [attune, default .build/release/attune or debug]
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-50}
RANDOM=${2:-1}
attune=${3:-}
if [ -z "$attune" ]; then
  for kind in release debug; do
    if [ -x ".build/$kind/attune" ]; then attune=.build/$kind/attune; break; fi
  done
fi
[ -x "$attune" ] || { echo "kill-test: no attune; build it first: swift build -c release" >&2; exit 1; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/train.yaml" << YAML
name: killed
data:
  source: {kind: csv, path: $PWD/datasets/digits.csv, target: target}
  task: classification
  preprocessing: {kind: scale, factor: 0.0625}
network: {kind: mlp, hidden: [64, 32], batchNorm: true, dropout: 0.2}
training:
  - name: all
    optimizer: {kind: adam, learningRate: 0.01}
    epochs: 60
    schedule: {kind: plateau, patience: 1}
    augmentation: [{kind: gaussian-noise, standardDeviation: 0.5}]
    validation: {fraction: 0.2}
    earlyStopping: {patience: 60}
YAML
train() { "$attune" train "$folder/train.yaml" --output "$1" --checkpoint-every "$2"; }

started=$(date +%s%N)
train "$folder/whole.safetensors" 30 > /dev/null 2>&1
# Kills come within the time that an undisturbed training takes, so that every part of it is hit.
span=$((($(date +%s%N) - started) / 1000000))
echo "kill-test: undisturbed $span ms, $rounds rounds"

same=0 kills=0 resumed=0 writing=0
for ((round = 1; round <= rounds; round++)); do
  model="$folder/$round.safetensors"
  every=$([ $((round % 2)) -eq 0 ] && echo 0 || echo 0.05)
  for ((kill = 1; kill <= 3; kill++)); do
    "$attune" train "$folder/train.yaml" --output "$model" --checkpoint-every "$every" > /dev/null 2> "$folder/errors" &
    process=$!
    sleep "$(printf '%d.%03d' $(((wait_ms = (RANDOM * 32768 + RANDOM) % span) / 1000)) $((wait_ms % 1000)))"
    if kill -KILL "$process" 2> /dev/null; then kills=$((kills + 1)); fi
    wait "$process" 2> /dev/null || true
    if grep -q 'going on from the checkpoint' "$folder/errors"; then resumed=$((resumed + 1)); fi
    # A temporary file that is left shows that the kill came while a file was written.
    if ls "$folder"/.attune-*.tmp > /dev/null 2>&1; then
      writing=$((writing + 1))
      rm -f "$folder"/.attune-*.tmp
    fi
  done
  train "$model" "$every" > /dev/null 2> "$folder/errors" || { cat "$folder/errors" >&2; exit 1; }
  if cmp -s "$folder/whole.safetensors" "$model"; then
    same=$((same + 1))
  else
    echo "kill-test: round $round differs" >&2
  fi
  rm -f "$model"
done
echo "kill-test: $same of $rounds bit-identical; $kills kills, $writing while a file was written, $resumed times gone on"
[ "$same" -eq "$rounds" ]
