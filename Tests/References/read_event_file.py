"""Reads an event file with TensorBoard itself and prints its scalars as JSON.

    python Tests/References/read_event_file.py FOLDER      (tensorboard 2.21)

{"<tag>": [[step, value], ...], ...}; a value that is not finite is its name.
"""

import json
import math
import sys

from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator


def main():
    events = EventAccumulator(sys.argv[1], size_guidance={SCALARS: 0})
    events.Reload()
    scalars = {
        tag: [[e.step, e.value if math.isfinite(e.value) else repr(e.value)] for e in events.Scalars(tag)]
        for tag in events.Tags()["scalars"]
    }
    print(json.dumps(scalars, sort_keys=True))


main()
