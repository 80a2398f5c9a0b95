#!/usr/bin/env bash
# Trains a linear model on a generated CSV file of SIZE_GB gigabytes with the release build, streamed: prints rows,
# seconds and the largest resident size, which must stay below 1 GB.
#   scripts/stream-test.sh SIZE_GB [FOLDER]
set -euo pipefail
size=${1:?usage: scripts/stream-test.sh SIZE_GB [FOLDER]}
root=$(cd "$(dirname "$0")/.." && pwd)
attune=${ATTUNE:-$root/.build/release/attune}
[ -x "$attune" ] || { echo "build first: swift build -c release --product attune" >&2; exit 1; }
folder=$(mktemp -d "${2:-${TMPDIR:-/tmp}}/attune-stream-XXXXXX")
trap 'rm -rf "$folder"' EXIT

# A piece of 20,000 rows of 20 numbers and a target that follows them, again and again.
{ printf 'x%d,' $(seq 20); echo y; } > "$folder/x.csv"
awk 'BEGIN {
  srand(2)
  for (i = 0; i < 20000; i++) {
    y = 0
    for (j = 1; j <= 20; j++) { x = rand() * 8 - 4; y += x * j / 20; printf "%.4f,", x }
    printf "%.4f\n", y + rand()
  }
}' > "$folder/piece"
pieces=$(awk -v size="$size" -v piece="$(stat -c %s "$folder/piece")" 'BEGIN { print int(size * 1e9 / piece) + 1 }')
for ((i = 0; i < pieces; i++)); do cat "$folder/piece"; done >> "$folder/x.csv"

cat > "$folder/x.yaml" <<'END'
name: stream
data:
  source: {kind: csv, path: x.csv, target: y, streaming: true}
  task: regression
  split: {kind: random, trainFraction: 0.9}
network: {kind: linear}
training: [{name: sgd, optimizer: {kind: sgd, learningRate: 0.01}, batchSize: 1024, epochs: 2}]
END

echo "$(stat -c %s "$folder/x.csv") bytes, $((pieces * 20000)) rows"
started=$(date +%s.%N)
TMPDIR=$folder "$attune" train "$folder/x.yaml" --output "$folder/m.safetensors" &
process=$!
peak=0
while kill -0 "$process" 2> /dev/null; do
  now=$(awk '/VmHWM/ { print $2 }' "/proc/$process/status" 2> /dev/null || true)
  [ "${now:-0}" -gt "$peak" ] && peak=$now
  sleep 0.2
done
wait "$process"
awk -v start="$started" -v end="$(date +%s.%N)" -v peak="$peak" 'BEGIN {
  printf "%.0f s, %.0f MB resident at most\n", end - start, peak * 1024 / 1e6
  exit peak * 1024 >= 1e9
}'
