"""Missing features: Tests/Fixtures/imputation/gaussian.json.

    python Tests/References/make_imputation_fixtures.py      (numpy, scikit-learn 1.9)

Seven correlated features, 150 source rows, 14 rows with missing features (from none to all). Exact in float32, float64
arithmetic. Three ways to go on without the missing ones: the conditional expectation of a Gaussian with the source's
moments; the same for a covariance of low rank plus diagonal (sklearn's FactorAnalysis) by Woodbury, which needs only
2 x 2 systems and equals the dense formula (asserted); ridge regression solved again without the columns. For strength 0
the last equals the prediction from the conditional expectation (asserted): the moments are the same.

Layout: source [150][7], targets [150]; rows [14][7] (complete), observed [14][7] (1 = observed); gaussian {mean [7],
covariance [7][7], completed [14][7], conditionalVariance [14][7] (0 where observed), logDensity [14] of the observed
part}; factors {loadings [2][7], noise [7], mean [7], completed, conditionalVariance, latentMean [14][2],
latentCovariance [14][2][2], logDensity}; regression by strength {weights [7], intercept, plugIn [14] (prediction from
gaussian.completed), reduced: list of {columns, weights, intercept} for each distinct pattern, resolved [14]}.
"""

import numpy as np
import sklearn
from sklearn.decomposition import FactorAnalysis
from sklearn.linear_model import LinearRegression, Ridge

from fixture_json import write
from rounded import rounded, single


def dense(mean, covariance, row, observed):
    """Completed row, conditional variances, log density of what is observed."""
    o, m = np.flatnonzero(observed), np.flatnonzero(1 - observed)
    completed, variance, density = row.copy(), np.zeros(len(row)), 0.0
    if len(o):
        centered = row[o] - mean[o]
        solved = np.linalg.solve(covariance[np.ix_(o, o)], centered)
        sign, determinant = np.linalg.slogdet(covariance[np.ix_(o, o)])
        density = -.5 * (len(o) * np.log(2 * np.pi) + determinant + centered @ solved)
    else:
        solved = np.zeros(0)
    completed[m] = mean[m] + covariance[np.ix_(m, o)] @ solved
    gain = np.linalg.solve(covariance[np.ix_(o, o)], covariance[np.ix_(o, m)]) if len(o) else np.zeros((0, len(m)))
    variance[m] = np.diag(covariance[np.ix_(m, m)] - covariance[np.ix_(m, o)] @ gain)
    return completed, variance, density


def woodbury(mean, loadings, noise, row, observed):
    """The same with covariance = loadings' loadings + diag(noise), through the latent posterior."""
    o, m = np.flatnonzero(observed), np.flatnonzero(1 - observed)
    w, centered = loadings[:, o], row[o] - mean[o]
    inner = np.eye(len(loadings)) + (w / noise[o]) @ w.T
    posterior = np.linalg.inv(inner)
    latent = posterior @ (w / noise[o]) @ centered
    completed, variance = row.copy(), np.zeros(len(row))
    completed[m] = mean[m] + latent @ loadings[:, m]
    variance[m] = noise[m] + np.einsum("ki,kl,li->i", loadings[:, m], posterior, loadings[:, m])
    squares = (centered ** 2 / noise[o]).sum() - latent @ inner @ latent
    density = -.5 * (len(o) * np.log(2 * np.pi) + np.log(noise[o]).sum() + np.linalg.slogdet(inner)[1] + squares)
    return completed, variance, density, latent, posterior


def main():
    random = np.random.default_rng(40)
    mixing = random.normal(size=(2, 7)) * [1, 2, .5, 1, 1.5, .7, 1]
    everything = single(random.normal(size=(164, 2)) @ mixing + random.normal(size=(164, 7)) * .6 + np.arange(7) - 3)
    source, rows = everything[:150], everything[150:]
    targets = single(source @ [1, -.5, .2, 0, .8, -1, .3] + 2 + .3 * random.normal(size=150))
    observed = (random.random((14, 7)) < .6).astype(int)
    observed[0], observed[1] = 1, 0
    observed[2], observed[3] = [0] * 6 + [1], [1] * 6 + [0]
    observed[5] = observed[4]

    mean, covariance = source.mean(0), np.cov(source, rowvar=False, ddof=0)
    gaussian = [dense(mean, covariance, row, seen) for row, seen in zip(rows, observed)]
    completed = np.stack([each[0] for each in gaussian])

    analysis = FactorAnalysis(n_components=2, tol=1e-12, max_iter=20_000, svd_method="lapack").fit(source)
    loadings, noise = analysis.components_, analysis.noise_variance_
    model = loadings.T @ loadings + np.diag(noise)
    assert np.allclose(model, analysis.get_covariance())
    factors = [woodbury(analysis.mean_, loadings, noise, row, seen) for row, seen in zip(rows, observed)]
    for (row, seen), found in zip(zip(rows, observed), factors):
        for a, b in zip(dense(analysis.mean_, model, row, seen), found):
            assert np.allclose(a, b, rtol=1e-10, atol=1e-10)
    assert np.allclose(factors[0][2], analysis.score_samples(rows[:1])[0])
    assert np.allclose(factors[0][3], analysis.transform(rows[:1])[0])

    regression = {}
    for strength in (0.0, 1.0, 50.0):
        make = lambda: Ridge(alpha=strength, solver="cholesky") if strength else LinearRegression()
        full = make().fit(source, targets)
        patterns, resolved = {}, []
        for row, seen in zip(rows, observed):
            columns = np.flatnonzero(seen)
            if not len(columns):
                weights, intercept = np.zeros(0), targets.mean()
            else:
                fitted = make().fit(source[:, columns], targets)
                weights, intercept = fitted.coef_, fitted.intercept_
            patterns[tuple(columns)] = (weights, intercept)
            resolved.append(row[columns] @ weights + intercept)
        plug_in = completed @ full.coef_ + full.intercept_
        print(strength, "largest difference of plug-in and solved again", np.abs(plug_in - resolved).max())
        assert strength or np.allclose(plug_in, resolved, rtol=1e-9, atol=1e-9)
        regression[str(strength)] = dict(
            weights=rounded(full.coef_), intercept=rounded(float(full.intercept_)), plugIn=rounded(plug_in),
            reduced=[dict(columns=[int(c) for c in columns], weights=rounded(weights),
                          intercept=rounded(float(intercept))) for columns, (weights, intercept) in patterns.items()],
            resolved=rounded(np.array(resolved)))

    def table(found, position):
        return rounded(np.stack([np.asarray(each[position]) for each in found]))

    write("imputation/gaussian.json", dict(
        sklearn=sklearn.__version__, conventions=[
            "gaussian.covariance is divided by n",
            "E[x_m | x_o] = mean_m + C_mo C_oo^-1 (x_o - mean_o); nothing observed: the mean, and logDensity 0",
            "factors: covariance = loadings' loadings + diag(noise); latentCovariance = (I + L_o diag(1 / noise_o)"
            " L_o')^-1; the signs and rotation of the loadings are arbitrary, completed and the densities are not",
            "ridge: sum of squared errors + strength * |weights|^2, intercept free, strength not scaled by n; nothing"
            " observed: the mean of the targets"],
        source=rounded(source), targets=rounded(targets), rows=rounded(rows), observed=rounded(observed),
        gaussian=dict(mean=rounded(mean), covariance=rounded(covariance), completed=rounded(completed),
                      conditionalVariance=table(gaussian, 1), logDensity=table(gaussian, 2)),
        factors=dict(loadings=rounded(loadings), noise=rounded(noise), mean=rounded(analysis.mean_),
                     completed=table(factors, 0), conditionalVariance=table(factors, 1), logDensity=table(factors, 2),
                     latentMean=table(factors, 3), latentCovariance=table(factors, 4),
                     meanSourceLogDensity=rounded(float(analysis.score(source)))),
        regression=regression), limit_bytes=100_000)


if __name__ == "__main__":
    main()
