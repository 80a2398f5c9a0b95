#!/usr/bin/env bash
# Checks with the real Python packages that what Attune writes is what they read: model files in safetensors, exported
# models in ONNX Runtime, tables in pandas, runs on an MLflow server. The packages are installed once, to
# .build/exchange-packages (about 1 GB); pip takes them from PyPI, or from where its own settings say.
# Usage: scripts/check-exchange.sh [attune, default the debug build, which is built]
set -euo pipefail
cd "$(dirname "$0")/.."

attune=${1:-}
if [ -z "$attune" ]; then
  swift build --product attune
  attune=$(swift build --show-bin-path)/attune
fi
attune=$(realpath "$attune")

packages=(numpy==2.4.6 pandas==3.1.1 safetensors==0.8.0 onnx==1.23.2 onnxruntime==1.31.1 mlflow==3.17.2)
folder=.build/exchange-packages
if [ "$(cat "$folder/installed" 2> /dev/null)" != "${packages[*]}" ]; then
  echo "check-exchange: installing ${packages[*]}"
  started=$SECONDS
  rm -rf "$folder"
  if ! python3 -m venv "$folder"; then
    echo "check-exchange: python3 makes no virtual environment; install python3-venv (make setup does)" >&2
    exit 1
  fi
  if ! "$folder/bin/pip" install --quiet --disable-pip-version-check --no-compile "${packages[@]}"; then
    echo "check-exchange: the packages cannot be installed; check the network, or point pip to a mirror (PIP_INDEX_URL)" >&2
    echo "                or a folder of wheels (PIP_FIND_LINKS)" >&2
    exit 1
  fi
  echo "${packages[*]}" > "$folder/installed"
  echo "check-exchange: installed in $((SECONDS - started)) s"
fi
exec "$folder/bin/python" scripts/check-exchange.py "$attune"
