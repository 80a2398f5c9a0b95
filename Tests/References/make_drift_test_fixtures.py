"""Tests for drift, feature by feature: Tests/Fixtures/drift-tests/features.json.

    python Tests/References/make_drift_test_fixtures.py      (numpy, scipy 1.17)

40 features, 300 source rows, one batch of 64 rows, exact in float32. Names of the features tell what they are: normal
with and without shift of mean or scale, heavy tails, few levels (ties within and between), constants (in the source,
in the batch, in both with the same or another value), sorted or disjoint ranges.

Per feature, in float64: ks.statistic and ks.p with scipy.stats.ks_2samp(source, batch, method="asymp"), ks.exact with
method="exact"; wasserstein with scipy.stats.wasserstein_distance; psi with the edges used; meanZ (Welch-like z with its
two-sided normal p); varianceRatio with its z and p; then Benjamini-Hochberg-adjusted p (scipy's
false_discovery_control) over all 40 for ks.p, mean.p, variance.p, and which features are rejected at .05. What each
quantity is, and what holds for zero variances, stands in conventions.

Layout: names [40]; source [300][40]; batch [64][40]; ks {statistic, p, exact} [40] each; wasserstein [40];
psi {edges [40][<= 9], sourceCounts, batchCounts [40][<= 10], value [40]}; mean {z, p}; variance {ratio, z, p};
adjusted {ks, mean, variance} [40]; rejected {ks, mean, variance}.
"""

import numpy as np
import scipy
from scipy import stats

from fixture_json import write
from rounded import rounded, single

SMOOTHING = 0.5
TINY = 1e-12


def features():
    random = np.random.default_rng(12)
    found = {}

    def add(name, source, batch):
        found[name] = (single(source), single(batch))

    def normal(mean=0.0, scale=1.0):
        return random.normal(size=300), random.normal(size=64) * scale + mean

    for index in range(12):
        add(f"normal-same-{index}", *normal())
    for shift in (.2, .4, .8, -1.5):
        add(f"normal-shift-{shift}", *normal(shift))
    for scale in (.5, .8, 1.3, 2.0):
        add(f"normal-scale-{scale}", *normal(0, scale))
    add("offset-1000", *(each + 1000 for each in normal(.5)))
    add("heavy-tails", random.standard_t(2, 300), random.standard_t(2, 64))
    add("log-normal-shift", np.exp(random.normal(size=300)), np.exp(random.normal(size=64) + .5))
    add("uniform", random.uniform(size=300), random.uniform(size=64))
    add("exponential-scale", random.exponential(size=300), random.exponential(size=64) * 1.6)
    add("two-levels-same", random.integers(0, 2, 300), random.integers(0, 2, 64))
    add("two-levels-shift", random.random(300) < .2, random.random(64) < .5)
    add("five-levels", random.integers(0, 5, 300), random.choice(5, 64, p=[.1, .1, .2, .2, .4]))
    add("counts", random.poisson(1.2, 300), random.poisson(2, 64))
    add("rounded-normal", np.round(random.normal(size=300), 1), np.round(random.normal(size=64) + .3, 1))
    add("mostly-zero", np.where(random.random(300) < .9, 0, random.normal(size=300)),
        np.where(random.random(64) < .7, 0, random.normal(size=64)))
    add("subset-of-source", (rows := single(random.normal(size=300))), rows[:64])
    add("constant-both-same", np.full(300, 2.5), np.full(64, 2.5))
    add("constant-both-other", np.full(300, 2.5), np.full(64, 3.0))
    add("constant-source", np.full(300, 1.0), random.normal(size=64) + 1)
    add("constant-batch", random.normal(size=300), np.full(64, .25))
    add("one-differs-in-source", np.r_[np.zeros(299), 1.0], np.zeros(64))
    add("disjoint-above", random.uniform(size=300), random.uniform(size=64) + 2)
    add("new-level", random.integers(0, 3, 300), random.choice([0, 1, 2, 7], 64))
    add("sorted-ranks", np.arange(300), np.arange(64) * 4.0)
    assert len(found) == 40, len(found)
    return found


def psi(source, batch):
    """Bins (-inf, e1], (e1, e2], ... (ek, inf) with the distinct values among the source's deciles as edges."""
    edges = np.unique(np.quantile(source, np.arange(1, 10) / 10))  # linear interpolation, numpy's default
    counts = [np.bincount(np.searchsorted(edges, rows, side="left"), minlength=len(edges) + 1)
              for rows in (source, batch)]
    bins = len(edges) + 1
    p, q = ((count + SMOOTHING) / (count.sum() + SMOOTHING * bins) for count in counts)
    return edges, counts, float(((q - p) * np.log(q / p)).sum())


def ks_by_definition(source, batch):
    points = np.unique(np.r_[source, batch])
    cumulative = [np.searchsorted(np.sort(rows), points, side="right") / len(rows) for rows in (source, batch)]
    return np.abs(cumulative[0] - cumulative[1]).max()


def two_sided(z):
    return 2 * stats.norm.sf(abs(z))


def moments(source, batch):
    n, m = len(source), len(batch)
    difference, error = batch.mean() - source.mean(), source.var(ddof=1) / n + batch.var(ddof=1) / m
    if error > 0:
        z = difference / np.sqrt(error)
    else:
        z = 0.0 if difference == 0 else np.copysign(40.0, difference)
    ratio = (batch.var(ddof=1) + TINY) / (source.var(ddof=1) + TINY)
    spread = np.clip(np.log(ratio) / np.sqrt(2 / (n - 1) + 2 / (m - 1)), -40, 40)
    return z, ratio, spread


def main():
    found = features()
    ks, mean, variance = dict(statistic=[], p=[], exact=[]), dict(z=[], p=[]), dict(ratio=[], z=[], p=[])
    wasserstein, populations = [], dict(edges=[], sourceCounts=[], batchCounts=[], value=[])
    for name, (source, batch) in found.items():
        result = stats.ks_2samp(source, batch, method="asymp")
        assert abs(result.statistic - ks_by_definition(source, batch)) < 1e-12
        count = len(source) * len(batch) / (len(source) + len(batch))
        assert abs(result.pvalue - stats.kstwo.sf(result.statistic, np.round(count))) < 1e-12
        ks["statistic"].append(float(result.statistic))
        ks["p"].append(float(result.pvalue))
        ks["exact"].append(float(stats.ks_2samp(source, batch, method="exact").pvalue))
        wasserstein.append(float(stats.wasserstein_distance(source, batch)))
        edges, counts, value = psi(source, batch)
        for key, entry in zip(populations, (edges, counts[0], counts[1], value)):
            populations[key].append(entry)
        z, ratio, spread = moments(source, batch)
        mean["z"].append(float(z))
        mean["p"].append(float(two_sided(z)))
        variance["ratio"].append(float(ratio))
        variance["z"].append(float(spread))
        variance["p"].append(float(two_sided(spread)))
    tables = dict(ks=ks, mean=mean, variance=variance)
    adjusted = {key: stats.false_discovery_control(entry["p"], method="bh") for key, entry in tables.items()}
    rejected = {key: [bool(value <= .05) for value in values] for key, values in adjusted.items()}
    print({key: int(np.sum(value)) for key, value in rejected.items()})
    for index, name in enumerate(found):
        print(f"{name:22s} ks {ks['statistic'][index]:.3f} p {ks['p'][index]:.2e} exact {ks['exact'][index]:.2e}"
              f" W {wasserstein[index]:.3f} psi {populations['value'][index]:.3f} z {mean['z'][index]:.2f}"
              f" ratio {variance['ratio'][index]:.3g} z {variance['z'][index]:.2f}")
    columns = list(found.values())
    # The asymptotic p of other conventions, for orientation: limit Q(sqrt(en) D) and with Stephens' correction.
    en = 300 * 64 / 364
    limit = [float(stats.kstwobign.sf(np.sqrt(en) * d)) for d in ks["statistic"]]
    stephens = [float(stats.kstwobign.sf((np.sqrt(en) + .12 + .11 / np.sqrt(en)) * d)) for d in ks["statistic"]]
    write("drift-tests/features.json", dict(
        scipy=scipy.__version__, conventions=[
            "ks.statistic: largest difference of the right-continuous empirical distribution functions, ties together",
            "ks.p: scipy's method asymp = the exact one-sample distribution kstwo at n = round(300 * 64 / 364) = 53,"
            " not the limit; ks.limit: Kolmogorov's Q(sqrt(300 * 64 / 364) D) = 2 sum (-1)^(k-1) exp(-2 k^2 x^2);"
            " ks.stephens: Q((sqrt(ne) + .12 + .11 / sqrt(ne)) D), ne = 300 * 64 / 364; ks.exact: permutations"
            " without ties",
            "wasserstein: area between the two distribution functions",
            "psi: edges = distinct values among the source's quantiles .1 .. .9 (linear interpolation), bin = number of"
            " edges < x; proportions (count + .5) / (n + .5 bins); sum (q - p) ln(q / p), q the batch",
            "mean.z: (batch mean - source mean) / sqrt(s2_source / 300 + s2_batch / 64), variances with n - 1; both"
            " variances 0: 0 for equal means, else 40 with the sign of the difference; p two-sided normal",
            "variance.ratio: (s2_batch + 1e-12) / (s2_source + 1e-12); z = ln ratio / sqrt(2 / 299 + 2 / 63), cut to"
            " +-40; p two-sided normal",
            "adjusted: Benjamini-Hochberg over the 40 features; rejected: adjusted <= .05"],
        names=list(found), source=rounded(np.stack([each[0] for each in columns], 1)),
        batch=rounded(np.stack([each[1] for each in columns], 1)),
        ks=rounded(ks | dict(limit=limit, stephens=stephens)), wasserstein=rounded(wasserstein),
        psi=rounded(populations), mean=rounded(mean), variance=rounded(variance),
        adjusted=rounded(adjusted), rejected=rejected), limit_bytes=300_000)


if __name__ == "__main__":
    main()
