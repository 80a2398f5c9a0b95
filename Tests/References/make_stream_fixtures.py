"""Statistics of the two Dirichlet orderings, for Tests/AttuneDataTests/Streams/DirichletOrderTests.swift.

Run: python Tests/References/make_stream_fixtures.py
Written from the description of the published samplers: RoTTA's label-Dirichlet sequence (slots) and NOTE's data loader
(chunks). Means and deviations over draws of: the length of runs of one class, and the number of classes in a window of 64
rows.
"""
import json
from pathlib import Path

import numpy as np

CLASSES, ROWS_PER_CLASS, DRAWS = 10, 80, 400


def slots(labels, concentration, rng):
    count = min(CLASSES, 100)
    parts = [[] for _ in range(count)]
    shares = rng.dirichlet([concentration] * count, CLASSES)
    for label in range(CLASSES):
        rows = np.flatnonzero(labels == label)
        cuts = (np.cumsum(shares[label])[:-1] * len(rows)).astype(int)
        for slot, ids in enumerate(np.split(rows, cuts)):
            parts[slot].append(ids)
    return [ids for slot in parts for ids in [slot[i] for i in rng.permutation(len(slot))]]


def chunks(labels, concentration, rng, minimum=10):
    while True:
        parts, sizes = [[] for _ in range(CLASSES)], np.zeros(CLASSES)
        for label in range(CLASSES):
            rows = rng.permutation(np.flatnonzero(labels == label))
            share = rng.dirichlet(np.repeat(concentration, CLASSES))
            share = np.array([p * (size < len(labels) / CLASSES) for p, size in zip(share, sizes)])
            share = share / share.sum()
            cuts = (np.cumsum(share) * len(rows)).astype(int)[:-1]
            for chunk, ids in enumerate(np.split(rows, cuts)):
                parts[chunk].append(ids)
                sizes[chunk] += len(ids)
        if sizes.min() >= minimum:
            return [ids for chunk in parts for ids in [chunk[i] for i in rng.permutation(len(chunk))]]


def statistics(blocks, labels):
    order = np.concatenate([np.asarray(block, dtype=int) for block in blocks])
    assert sorted(order) == list(range(len(labels)))
    sequence = labels[order]
    runs = 1 + np.count_nonzero(np.diff(sequence))
    window = np.mean([len(set(sequence[i:i + 64])) for i in range(0, len(sequence) - 63, 64)])
    return len(sequence) / runs, window


def main():
    rng = np.random.default_rng(7)
    labels = np.arange(CLASSES * ROWS_PER_CLASS) % CLASSES
    cases = []
    for name, draw in (("dirichlet-slots", slots), ("dirichlet-chunks", chunks)):
        for concentration in (0.1, 1.0):
            values = np.array([statistics(draw(labels, concentration, rng), labels) for _ in range(DRAWS)])
            cases.append({
                "kind": name, "concentration": concentration, "draws": DRAWS,
                "runLength": {"mean": values[:, 0].mean(), "deviation": values[:, 0].std(ddof=1)},
                "windowClasses": {"mean": values[:, 1].mean(), "deviation": values[:, 1].std(ddof=1)},
            })
    path = Path(__file__).parent.parent / "Fixtures" / "streams" / "dirichlet.json"
    path.write_text(json.dumps(
        {"classes": CLASSES, "rowsPerClass": ROWS_PER_CLASS, "window": 64, "cases": cases}, indent=2) + "\n")


if __name__ == "__main__":
    main()
