"""Drift detectors on stored streams: Tests/Fixtures/drift-detectors/{streams,adwin,ddm,eddm,page-hinkley}.json.

    python Tests/References/make_drift_detectors_fixtures.py      (river 0.26.1, numpy)

streams.json holds the streams: bits (one character each), digits likewise, or numbers with three decimals. `bits` rises
from a rate of .2 to .5 at 1000 and falls to .1 at 1700; `perfect` has no error before 60; `values` jumps by 1 at 1200
and slides by −1.5 from 2000 to 2400; `small` is `values` in steps of .01 around 100; `still` is constant. `documented-*`
are the streams of river's documentation, whose printed indices are checked here.

A run names its stream and settings and holds the indices (from 0) of `drifts`, the `warnings` as [first, last] of every
unbroken stretch, and `states`: at index 0, 30, every 150th index, each drift (first 20) and the row after it, the
quantities named in `columns`, after that row was taken in.

river's ADWIN starts with an empty window at the row after a drift; the paper's keeps the part it did not cut. Runs
named "kept" give the same compiled detector without that restart.
"""

import random

import numpy as np
import river
from river import drift
from river._river_rust.drift import AdaptiveWindowing

from fixture_json import write


def streams():
    generator = np.random.default_rng(20240)
    rates = np.repeat([.2, .5, .1], [1000, 700, 1300])
    bits = (generator.random(3000) < rates).astype(int)
    perfect = np.concatenate([np.zeros(60, int), (generator.random(540) < .15).astype(int)])
    steps = np.arange(3000)
    level = (steps >= 1200) - 1.5 * np.clip((steps - 2000) / 400, 0, 1)
    values = np.round(level + generator.normal(size=3000), 3)
    doc = random.Random(12345)
    documented = doc.choices([0, 1], k=1000) + doc.choices(range(4, 8), k=1000)
    doc = random.Random(42)
    documented_bits = doc.choices([0, 1], k=1000)
    documented_bits = documented_bits + doc.choices([0, 1], k=1000, weights=[0.3, 0.7])
    return {"bits": bits.tolist(), "perfect": perfect.tolist(), "values": values.tolist(),
            "small": np.round(100 + values[:2000] / 100, 5).tolist(), "still": [0.5] * 400,
            "documented-digits": documented, "documented-bits": documented_bits}


STREAMS = streams()


class Kept:
    """The compiled window of river's ADWIN, without the restart after a drift."""

    def __init__(self, delta=0.002, clock=32, max_buckets=5, min_window_length=5, grace_period=10):
        self._helper = AdaptiveWindowing(delta=delta, clock=clock, max_buckets=max_buckets,
                                         min_window_length=min_window_length, grace_period=grace_period)
        self.drift_detected = False
        self.width = self.total = self.variance = self.estimation = self.n_detections = 0

    def update(self, value):
        self.drift_detected = self._helper.update(value)
        self.width, self.total = self._helper.get_width(), self._helper.get_total()
        self.variance, self.n_detections = self._helper.get_variance(), self._helper.get_n_detections()
        self.estimation = self.total / self.width


def run(detector, stream, columns, **settings):
    drifts, warnings, states, drift_states = [], [], [], 0
    for index, value in enumerate(STREAMS[stream]):
        detector.update(value)
        if detector.drift_detected:
            drifts.append(index)
        if getattr(detector, "warning_detected", False):
            if warnings and warnings[-1][1] == index - 1:
                warnings[-1][1] = index
            else:
                warnings.append([index, index])
        near = any(index - drift in (0, 1) for drift in drifts[-2:]) and len(drifts) <= 20
        if index in (0, 30) or index % 150 == 149 or near:
            states.append([index, *(finite(read(detector)) for read in columns.values())])
    result = dict(stream=stream, settings=settings, drifts=drifts)
    if hasattr(detector, "warning_detected"):
        result["warnings"] = warnings
    return dict(result, columns=["index", *columns], states=states)


def finite(value):
    return None if value is None or value in (float("inf"), float("-inf")) else value


def adwin():
    columns = {name: lambda detector, name=name: getattr(detector, name)
               for name in ("width", "estimation", "variance", "total")}
    settings = [dict(), dict(delta=.05), dict(delta=1e-6), dict(clock=1), dict(clock=100),
                dict(delta=.1, clock=1, max_buckets=3), dict(min_window_length=30, grace_period=100)]
    runs = [dict(run(make(**options), stream, columns, **options), kept=make is Kept)
            for stream in ("bits", "values", "small") for options in settings for make in (drift.ADWIN, Kept)
            if not (make is Kept and options.get("max_buckets") is None and options not in ({}, dict(clock=1)))]
    runs += [dict(run(drift.ADWIN(), stream, columns), kept=False) for stream in ("still", "documented-digits")]
    assert runs[-1]["drifts"] == [1023]
    return dict(runs=runs)


def ddm():
    columns = dict(errorRate=lambda d: d._p.get(), rows=lambda d: int(d._p.n), minimumRate=lambda d: d._p_min,
                   minimumDeviation=lambda d: d._s_min)
    settings = [dict(), dict(warm_start=100), dict(warning_threshold=1.5, drift_threshold=2.5)]
    runs = [run(drift.binary.DDM(**options), stream, columns, **options)
            for stream in ("bits", "perfect") for options in settings]
    runs.append(run(drift.binary.DDM(), "documented-bits", columns))
    assert runs[-1]["drifts"][0] == 1334 and [first for first, _ in runs[-1]["warnings"] if first > 1000][0] == 1084
    return dict(runs=runs)


def eddm():
    columns = dict(meanDistance=lambda d: d._error_distances.mean.get(), varianceOfDistance=lambda d: d._error_distances.get(),
                   errors=lambda d: d._n_errors, rows=lambda d: d._n, maximum=lambda d: d._p2s_prime_max)
    settings = [dict(), dict(alpha=.8, beta=.75), dict(warm_start=10, alpha=.9, beta=.8)]
    runs = [run(drift.binary.EDDM(**options), "bits", columns, **options) for options in settings]
    runs.append(run(drift.binary.EDDM(alpha=.8, beta=.75), "documented-bits", columns, alpha=.8, beta=.75))
    assert runs[-1]["drifts"][0] == 1278
    return dict(runs=runs)


def page_hinkley():
    columns = dict(mean=lambda d: d._x_mean.get(), rows=lambda d: int(d._x_mean.n), sumIncrease=lambda d: d._sum_increase,
                   minimumIncrease=lambda d: d._min_increase, sumDecrease=lambda d: d._sum_decrease,
                   maximumDecrease=lambda d: d._max_decrease)
    settings = [dict(), *(dict(mode=mode, threshold=20.0) for mode in ("up", "down", "both")),
                dict(mode="both", threshold=10.0, delta=.1), dict(mode="both", threshold=20.0, alpha=.99, min_instances=100),
                dict(mode="both", threshold=20.0, alpha=1.0)]
    runs = [run(drift.PageHinkley(**options), stream, columns, **options)
            for stream in ("values", "bits") for options in settings]
    runs.append(run(drift.PageHinkley(), "documented-digits", columns))
    assert runs[-1]["drifts"] == [1006]
    return dict(runs=runs)


def stored(stream):
    return "".join(map(str, stream)) if all(isinstance(value, int) for value in stream) else stream


def main():
    assert river.__version__ == "0.26.1"
    write("drift-detectors/streams.json", {name: stored(stream) for name, stream in STREAMS.items()}, 80_000)
    for name, make in {"adwin": adwin, "ddm": ddm, "eddm": eddm, "page-hinkley": page_hinkley}.items():
        write(f"drift-detectors/{name}.json", make(), 150_000)


if __name__ == "__main__":
    main()
