#!/usr/bin/env bash
# Installs what Attune needs and the machine lacks; does nothing where all is there. With --tests also what only tests
# need: Python's virtual environments, and a browser, unless there is one.
set -euo pipefail

packages=(libopenblas-dev liblapacke-dev zlib1g-dev libsqlite3-dev pkg-config)
wanted_swift=6.2

has_browser() {
  [ -n "${CHROMIUM:-}" ] || command -v chromium > /dev/null || command -v chromium-browser > /dev/null \
    || command -v google-chrome > /dev/null
}
if [ "${1:-}" = --tests ]; then
  packages+=(python3-venv)
  has_browser || packages+=(chromium)
fi

run_as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; return; fi
  if ! command -v sudo > /dev/null; then
    echo "attune: this needs root, and there is no sudo; as root, run: $*" >&2
    exit 1
  fi
  sudo "$@"
}

install() {
  echo "attune: installing $* (apt-get)"
  # A machine that has never asked has no package lists.
  run_as_root apt-get update -qq
  run_as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" > /dev/null
}

is_installed() { dpkg-query -W -f '${Status}' "$1" 2> /dev/null | grep -q 'install ok installed'; }

# The version of swift as major.minor; empty where there is none.
swift_version() { swift --version 2> /dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1; }

is_recent() { [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$wanted_swift" "$1" | sort -V | head -n 1)" = "$wanted_swift" ]; }

if ! command -v apt-get > /dev/null; then
  echo "attune: no apt-get here; install ${packages[*]} (or their like) and Swift $wanted_swift by hand" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do is_installed "$package" || missing+=("$package"); done
if [ ${#missing[@]} -gt 0 ]; then install "${missing[@]}"; fi

if ! is_recent "$(swift_version)"; then
  # Debian 13 and later, and recent Ubuntu, package Swift as swiftlang.
  candidate=$(apt-cache policy swiftlang 2> /dev/null | sed -nE 's/ *Candidate: ([0-9]+\.[0-9]+).*/\1/p')
  if is_recent "$candidate"; then
    install swiftlang
  else
    echo "attune: Swift $wanted_swift or newer is needed (found: $(swift_version | grep . || echo none)), and this" >&2
    echo "distribution does not package it. One command installs it, then run make again:" >&2
    echo "  curl -L https://download.swift.org/swiftly/linux/swiftly-\$(uname -m).tar.gz | tar xz && ./swiftly init" >&2
    exit 1
  fi
fi
