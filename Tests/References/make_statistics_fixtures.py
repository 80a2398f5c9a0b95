#!/usr/bin/env python3
"""Fixtures of intervals, paired tests, corrections and effect sizes over seeds, from scipy 1.x.

The bootstrap is compared on a given distribution of resampled means, which scipy takes in place of its own.
"""

from dataclasses import replace

import numpy as np
from scipy import special, stats

from fixture_json import numbers, write

generator = np.random.default_rng(7)


def bootstrap_case(values, resamples):
    means = generator.choice(values, (resamples, len(values))).mean(axis=1)
    found = {}
    for name in ("percentile", "BCa"):
        first = stats.bootstrap((values,), np.mean, n_resamples=2, method="percentile", rng=1)
        given = replace(first, bootstrap_distribution=means)
        interval = stats.bootstrap(
            (values,), np.mean, n_resamples=0, bootstrap_result=given, confidence_level=0.95, method=name, rng=1
        ).confidence_interval
        found[name.lower()] = [float(interval.low), float(interval.high)]
    return {"values": numbers(values), "means": numbers(np.sort(means)), **found}


def paired_case(differences):
    zeros = np.zeros_like(differences)
    permutation = stats.permutation_test(
        (differences, zeros), lambda x, y, axis: np.mean(x - y, axis=axis), permutation_type="samples",
        n_resamples=np.inf, vectorized=True,
    ).pvalue
    n = len(differences)
    m = n - 1
    factor = special.gamma(m / 2) / (np.sqrt(m / 2) * special.gamma((m - 1) / 2)) if n > 2 else None
    d = differences.mean() / differences.std(ddof=1)
    return {
        "differences": numbers(differences),
        "student": float(stats.ttest_rel(differences, zeros).pvalue),
        "permutation": float(permutation),
        "hedges": float(d * factor) if n > 2 else None,
    }


def holm(p):
    """By the definition: the largest over the smaller ones of (count - place) p."""
    order = np.argsort(p)
    stepped = np.maximum.accumulate(np.minimum(1, (len(p) - np.arange(len(p))) * p[order]))
    result = np.empty_like(p)
    result[order] = stepped
    return result


def correction_case(p):
    return {
        "probabilities": numbers(p),
        "holm": numbers(holm(p)),
        "benjaminiHochberg": numbers(stats.false_discovery_control(p, method="bh")),
    }


write(
    "statistics/statistics.json",
    {
        "normalQuantiles": [[p, float(stats.norm.ppf(p))] for p in (1e-12, 1e-4, 0.025, 0.3, 0.5, 0.84, 0.975, 0.9999)],
        "bootstrap": [
            # Multiples of a power of two: sums are exact, so that resamples that give the mean itself are equal to it in scipy
            # too, which takes rounding for a difference.
            bootstrap_case(np.round(generator.standard_normal(6) * 1024) / 1024, 199),
            bootstrap_case(np.round(np.exp(generator.standard_normal(12)) * 1024) / 1024, 299),
            bootstrap_case(generator.binomial(64, 0.1, 8) / 64, 299),
        ],
        "paired": [
            paired_case(generator.standard_normal(2) + 1),
            paired_case(generator.standard_normal(3) - 1),
            paired_case(generator.standard_normal(5) - 0.8),
            paired_case(generator.standard_normal(8)),
            paired_case(np.exp(generator.standard_normal(12)) - 1.2),
            # Ties and zeros, as error rates have them.
            paired_case((generator.binomial(10, 0.3, 9) - generator.binomial(10, 0.3, 9)) / 10),
            paired_case(np.array([0.25, -0.25, 0.5, -0.5])),
        ],
        "corrections": [
            correction_case(np.array([0.01, 0.04, 0.03, 0.005])),
            correction_case(generator.random(12) ** 2),
            correction_case(np.array([0.02, 0.02, 1.0, 0.02])),
            correction_case(np.array([0.3])),
        ],
    },
    30_000,
)
