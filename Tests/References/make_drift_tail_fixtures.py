"""Tails of the distributions that drift tests refer to, and adjustment of p-values for their number, by SciPy."""

import numpy as np
from scipy import stats
from scipy.special import gammaincc, kolmogorov

from fixture_json import write


def main():
    generator = np.random.default_rng(7)
    p = np.sort(np.concatenate([generator.uniform(size=20), 10.0 ** generator.uniform(-8, -1, size=10)]))
    p = generator.permutation(p)
    write("drift-tests/tails.json", {
        "tails": {
            "kolmogorov": [[x, float(kolmogorov(x))] for x in [0.05, 0.3, 0.7, 0.99, 1.0, 1.5, 3.0, 6.0]],
            "gamma": [[a, x, float(gammaincc(a, x))] for a in [0.5, 1.0, 4.5, 40.0] for x in [0.01, 0.5, 4.0, 20.0, 90.0]],
            "normal": [[z, float(2 * stats.norm.sf(z))] for z in [0.0, 0.5, 2.0, 6.0, 20.0]],
        },
        "adjustment": {
            "p": p.tolist(),
            "benjaminiHochberg": stats.false_discovery_control(p, method="bh").tolist(),
            "benjaminiYekutieli": stats.false_discovery_control(p, method="by").tolist(),
        },
    }, 20_000)


main()
