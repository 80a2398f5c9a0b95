#!/usr/bin/env python3
"""Checks that every public symbol of the library has a documentation comment.

Reads the symbol graphs that the compiler writes, so that what counts is what a user of the library sees; members that the
compiler makes itself (synthesized conformances) do not count. Usage: scripts/check-docs.py FOLDER-OF-SYMBOL-GRAPHS
"""

import json
import pathlib
import sys

MODULES = [
    "AttuneCore", "AttuneData", "AttuneTraining", "AttuneInference", "AttuneExperiments", "AttuneCommand",
    "AttuneTesting", "Attune",
]


def main():
    folder = pathlib.Path(sys.argv[1])
    count, bare = 0, []
    for module in MODULES:
        path = folder / f"{module}.symbols.json"
        if not path.exists():
            sys.exit(f"check-docs: {path} is missing; make it with 'swift package dump-symbol-graph'")
        for symbol in json.loads(path.read_text())["symbols"]:
            # What the compiler made has no place in the sources.
            if symbol["accessLevel"] not in ("public", "open") or "location" not in symbol:
                continue
            count += 1
            if "docComment" not in symbol:
                place = symbol["location"]
                file = place["uri"].split("/Sources/")[-1]
                line = place["position"]["line"] + 1
                bare.append(f"Sources/{file}:{line}: {module}.{'.'.join(symbol['pathComponents'])}")
    for text in sorted(bare):
        print(f"{text} is public and has no documentation comment", file=sys.stderr)
    print(f"check-docs: {count} public symbols, {len(bare)} without documentation")
    sys.exit(1 if bare else 0)


main()
