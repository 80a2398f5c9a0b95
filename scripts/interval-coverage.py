#!/usr/bin/env python3
"""How often 95 % intervals of a mean hold the true mean: Student's t, percentile bootstrap, BCa; few to many seeds.

Prints the table of docs/measuring.md. Needs numpy and scipy. The bootstrap here is the one of Sources/AttuneExperiments/Statistics:
bias from the share of resamples below the estimate (half of those equal to it), acceleration from the jackknife, linear quantiles.
"""
import argparse

import numpy as np
from scipy import stats

SEEDS = [3, 5, 10, 20, 50]


def normal(generator, shape):
    return generator.standard_normal(shape), 0.0


def skewed(generator, shape):
    return generator.lognormal(0.0, 1.0, shape), float(np.exp(0.5))


def shares(generator, shape):
    """Error rates near zero: 3 wrong of 200 rows on average, so that few different values come up."""
    return generator.binomial(200, 0.015, shape) / 200, 0.015


def quantiles(ordered, share):
    """Linear between order statistics, one share per row."""
    position = share * (ordered.shape[1] - 1)
    low = np.floor(position).astype(int)
    high = np.minimum(low + 1, ordered.shape[1] - 1)
    rows = np.arange(len(ordered))
    return ordered[rows, low] + (position - low) * (ordered[rows, high] - ordered[rows, low])


def intervals(values, resamples, generator):
    trials, n = values.shape
    mean = values.mean(axis=1)
    half = stats.t.ppf(0.975, n - 1) * values.std(axis=1, ddof=1) / np.sqrt(n)
    chosen = generator.integers(0, n, (trials, resamples, n), dtype=np.int8)
    drawn = np.empty((trials, resamples))
    for start in range(0, trials, 50):
        part = slice(start, start + 50)
        drawn[part] = np.take_along_axis(values[part, None, :], chosen[part].astype(int), axis=2).mean(axis=2)
    drawn.sort(axis=1)
    # Equal up to rounding is equal.
    slack = 1e-12 * np.abs(values).sum(axis=1, keepdims=True)
    below = (drawn < mean[:, None] - slack).mean(axis=1)
    equal = (np.abs(drawn - mean[:, None]) <= slack).mean(axis=1)
    bias = stats.norm.ppf(np.clip(below + equal / 2, 1e-12, 1 - 1e-12))
    centered = values - mean[:, None]
    squares = (centered**2).sum(axis=1)
    varies = squares > 0
    acceleration = np.where(varies, (centered**3).sum(axis=1) / (6 * np.where(varies, squares, 1) ** 1.5), 0)
    ends = []
    for z in (stats.norm.ppf(0.025), stats.norm.ppf(0.975)):
        share = stats.norm.cdf(bias + (bias + z) / (1 - acceleration * (bias + z)))
        ends.append(np.where(varies, quantiles(drawn, np.clip(share, 0, 1)), mean))
    percentile = [quantiles(drawn, np.full(trials, share)) for share in (0.025, 0.975)]
    return {"t": (mean - half, mean + half), "percentile": percentile, "bca": ends}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=4000)
    parser.add_argument("--resamples", type=int, default=999)
    options = parser.parse_args()
    generator = np.random.default_rng(20260101)
    print("| values | seeds | t | percentile | BCa | width of BCa against t |\n| --- | --- | --- | --- | --- | --- |")
    for title, draw in (("normal", normal), ("skewed (log-normal)", skewed), ("error rates near 0", shares)):
        for n in SEEDS:
            held = {"t": 0, "percentile": 0, "bca": 0}
            widths = {"t": 0.0, "bca": 0.0}
            done = 0
            while done < options.trials:
                size = min(500, options.trials - done)
                values, truth = draw(generator, (size, n))
                for name, (low, high) in intervals(values, options.resamples, generator).items():
                    slack = 1e-12
                    held[name] += int(((low <= truth + slack) & (truth <= high + slack)).sum())
                    if name in widths:
                        widths[name] += float((high - low).sum())
                done += size
            shown = " | ".join(f"{100 * held[name] / options.trials:.1f} %" for name in ("t", "percentile", "bca"))
            print(f"| {title} | {n} | {shown} | {widths['bca'] / widths['t']:.2f} |", flush=True)


if __name__ == "__main__":
    main()
