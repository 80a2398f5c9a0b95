"""Recursive least squares with forgetting, against its closed form: Tests/Fixtures/recursive-least-squares/cases.json.

    python Tests/References/make_recursive_least_squares_fixtures.py      (numpy, mpmath)

With forgetting f, prior covariance c·I and prior weights v, the weights after n rows minimize
Σ f^(n−t)·(y_t − x_tᵀw)² + (f^n / c)·‖w − v‖², a weighted ridge regression, and P is the inverse of
Σ f^(n−t)·x_t·x_tᵀ + (f^n / c)·I. Both are solved here with 60 digits from the stored doubles, and rounded at the end.

A case holds `x` [rows, d], `y` and `prior` (v, d numbers). A run holds the `forgetting` and `covariance` c, the
`predictions` x_tᵀw of each row before it was learned, and per entry of `states` the `rows` learned, `weights`, the
diagonal of P as `diagonal`, and `covariance`, the whole of P by rows, where d is at most 4. So that tolerances can be
chosen: `largestDiagonal` is that of P / c over all rows, `condition` P's condition number at the end, and
`recursionError` the largest error of a weight, relative to the largest weight, of the textbook recursion
k = Px/(f + xᵀPx), w += k(y − xᵀw), P = (P − k·xᵀP)/f in double precision, at the `states`.
"""

import mpmath
import numpy as np

from fixture_json import write

mpmath.mp.dps = 60


def exact(x, y, prior, forgetting, covariance, marks):
    """Weighted ridge in 60 digits: predictions before each row, and weights and P at the marks."""
    rows, size = x.shape
    f, c = mpmath.mpf(forgetting), mpmath.mpf(covariance)
    v = mpmath.matrix(list(map(float, prior)))
    a, b = mpmath.eye(size) / c, v / c
    predictions, states, largest = [], {}, 0.0
    for row in range(rows):
        here = mpmath.matrix(list(map(float, x[row])))
        predictions.append(float((here.T * mpmath.lu_solve(a, b))[0]))
        a, b = f * a + here * here.T, f * b + mpmath.mpf(float(y[row])) * here
        if row + 1 in marks:
            p, w = a ** -1, mpmath.lu_solve(a, b)
            states[row + 1] = ([float(value) for value in w], [[float(p[i, j]) for j in range(size)] for i in range(size)])
        if (row + 1) % 5 == 0 or row + 1 == rows:
            p = a ** -1
            largest = max(largest, max(float(p[i, i] / c) for i in range(size)))
    return predictions, states, largest


def recursion(x, y, prior, forgetting, covariance, marks):
    w, p, states = np.array(prior, float), covariance * np.eye(x.shape[1]), {}
    for row in range(len(x)):
        k = p @ x[row] / (forgetting + x[row] @ p @ x[row])
        w = w + k * (y[row] - x[row] @ w)
        p = (p - np.outer(k, x[row] @ p)) / forgetting
        if row + 1 in marks:
            states[row + 1] = w
    return states


def run(x, y, prior, forgetting, covariance):
    marks = [row for row in (1, 2, x.shape[1], 20, 50, 100, len(x)) if row <= len(x)]
    marks = sorted(set(marks))
    predictions, states, largest = exact(x, y, prior, forgetting, covariance, marks)
    plain = recursion(x, y, prior, forgetting, covariance, marks)
    error = max(float(np.abs(plain[row] - w).max() / np.abs(w).max()) for row, (w, _) in states.items())
    listed = []
    for row, (w, p) in states.items():
        state = dict(rows=row, weights=w, diagonal=[p[i][i] for i in range(len(w))])
        if len(w) <= 4:
            state["covariance"] = sum(p, [])
        listed.append(state)
    return dict(forgetting=forgetting, covariance=covariance, predictions=predictions, states=listed,
                largestDiagonal=float(f"{largest:.3g}"), recursionError=float(f"{error:.2g}"),
                condition=float(f"{np.linalg.cond(np.array(states[len(x)][1])):.2g}"))


def targets(generator, x, noise=.1):
    """Linear in x with weights that change half way."""
    before, after = generator.normal(size=(2, x.shape[1])) / np.maximum(np.abs(x).mean(0), 1e-12)
    return np.where(np.arange(len(x)) < len(x) // 2, x @ before, x @ after) + noise * generator.normal(size=len(x))


def inputs():
    generator = np.random.default_rng(7)
    normal = generator.normal
    for d, rows in ((1, 60), (2, 60), (3, 60), (5, 60), (8, 80), (16, 120)):
        x = normal(size=(rows, d))
        x[:, -1] = 1 if d > 1 else x[:, -1]  # a bias
        yield f"normal, d {d}", x, np.zeros(d) if d % 2 else np.round(normal(size=d), 3), (1, .99, .95), (1.0, 100.0)
    offset = np.column_stack([1000 + normal(size=(100, 3)), np.ones(100)])
    yield "far from the origin", offset, np.zeros(4), (1, .99, .95), (1.0,)
    scales = normal(size=(100, 7)) * 10.0 ** np.arange(-3, 4)
    yield "scales from 0.001 to 1000", scales, np.zeros(7), (1, .99, .95), (1.0, 1000.0)
    base = normal(size=(100, 1))
    yield "nearly equal columns", base + 1e-4 * normal(size=(100, 5)), np.zeros(5), (1, .99, .95), (1.0, 1e6)
    still = np.column_stack([normal(size=(200, 2)), np.ones(200)])
    still[40:160] = still[40]
    yield "one row for 120 rows", still, np.array([.5, -.25, 1]), (1, .99, .95), (.1,)


def main():
    cases, generator = [], np.random.default_rng(8)
    for name, x, prior, forgettings, covariances in inputs():
        x = np.array([[float(f"{value:.7g}") for value in row] for row in x])
        y = np.round(targets(generator, x), 4)
        runs = [run(x, y, prior, f, c) for c in covariances for f in forgettings]
        for entry in runs:
            print(name, entry["forgetting"], entry["covariance"], entry["recursionError"], entry["condition"],
                  entry["largestDiagonal"])
        cases.append(dict(name=name, x=x.tolist(), y=y.tolist(), prior=prior.tolist(), runs=runs))
    write("recursive-least-squares/cases.json", dict(cases=cases), 400_000)


if __name__ == "__main__":
    main()
