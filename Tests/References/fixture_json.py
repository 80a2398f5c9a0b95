"""Writes fixtures as JSON: one line per entry of the outer levels, numbers as short as they round-trip.

Tensors and float32 arrays become flat row-major lists whose numbers give back the same float32 bits.
"""

import json
import math
from pathlib import Path

import numpy as np

FIXTURES = Path(__file__).resolve().parent.parent / "Fixtures"


def numbers(tensor):
    """The elements of a tensor or array in row-major order, as the shortest decimals that round-trip."""
    array = np.asarray(tensor.detach() if hasattr(tensor, "detach") else tensor)
    assert np.isfinite(array).all()
    if array.dtype.kind in "iu":
        return [int(value) for value in array.ravel()]
    return [json.loads(str(value)) for value in array.ravel()]


def write(name, content, limit_bytes):
    """Writes `content` to Tests/Fixtures/<name> and checks its size."""
    path = FIXTURES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = encoded(content) + "\n"
    assert len(text) < limit_bytes, f"{name} has {len(text)} bytes, more than {limit_bytes}"
    path.write_text(text)
    print(f"{path.name}: {math.ceil(len(text) / 1024)} KB")


def encoded(value, depth=0):
    flat = json.dumps(value, separators=(",", ":"))
    if depth >= 3 or not isinstance(value, (dict, list)) or len(flat) < 100:
        return flat
    if isinstance(value, dict):
        items = [f"{json.dumps(key)}:{encoded(entry, depth + 1)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(items) + "}"
    if isinstance(value[0], (dict, list)):
        return "[\n" + ",\n".join(encoded(entry, depth + 1) for entry in value) + "]"
    return flat
