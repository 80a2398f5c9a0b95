"""Nested lists of numbers for fixtures: matrices as lists of rows, floating-point numbers with 9 significant digits."""

import numpy as np


def rounded(value, digits=9):
    """Arrays, tensors and scalars, in dictionaries and lists of any depth. Digits None: shortest that round-trips."""
    if isinstance(value, dict):
        return {key: rounded(entry, digits) for key, entry in value.items()}
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [rounded(entry, digits) for entry in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        assert np.isfinite(value), value
        value = value if digits is None else float(f"{value:.{digits}g}")
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return value


def single(values):
    """The same numbers as float32 holds them, in float64: inputs that both precisions read alike."""
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def largest_gap(a, b):
    """The largest absolute difference of two structures of equal shape."""
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        return max((largest_gap(a[key], b[key]) for key in a), default=0.0)
    if isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        return max((largest_gap(x, y) for x, y in zip(a, b)), default=0.0)
    return abs(float(a) - float(b)) if isinstance(a, (int, float)) else 0.0
