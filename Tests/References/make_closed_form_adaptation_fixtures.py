"""Closed forms of adaptation: Tests/Fixtures/regression/{spar,coral,density-ratio}.json.

    python Tests/References/make_closed_form_adaptation_fixtures.py --published FOLDER

(numpy, scipy, torch 2.15, densratio 0.4.0 with numpy only, adapt 0.4.5.) FOLDER holds a checkout of btleyre/spar at the
commit in published/repositories.py, named spar (checked; no license stated): of synthetic/synthetic_data_exper.py the
functions spar_chi_adaptation and compute_pseudoinvese_soln are run. CORAL is adapt's CORAL.fit_transform
(BSD-2-Clause), taken from the installed package alone since the package needs TensorFlow. uLSIF and KLIEP are densratio's (MIT). All inputs
are exact in float32, all arithmetic is float64, outputs have 9 significant digits.

spar.json: problems by name with sourceInputs [n][d], sourceTargets [n], targetInputs [m][d], intercept (none, column,
centered), alpha, threshold, and: rank of the inputs, ols [d'], noiseVariance, targetSingularValues, biases, variances
and dropped per target direction, adapted [d'], adaptedIntercept, targetPredictions and olsTargetPredictions [m].
d' = d + 1 for the intercept as a column of ones (last); else d. Published is "none" only.

coral.json: problems by name with source [n][d], target [m][d], ridge, A [d][d] for rows (x A), alignedSource [n][d].

density-ratio.json: samples by name (target = numerator, source = denominator), and per sample ulsif and kliep with
centerRows (of target), the grid with scores, the choice, kernelWeights, sourceWeights, targetWeights; kliep also has
the folds of its cross-validation for each bandwidth tried, and the score after optimization.
"""

import argparse
import contextlib
import copy
import importlib.util
import io
import sys
from pathlib import Path
from types import SimpleNamespace

import densratio  # noqa: F401
import numpy as np
import scipy
from scipy import linalg
from scipy.stats import chi2

from fixture_json import write
from published import repositories
from published.loading import function_alone
from published.repositories import SPAR
from rounded import rounded, single

# SpAR


def published_spar(folder):
    names = dict(np=np, scipy=scipy, chi2=chi2, copy=copy)
    path = folder / "synthetic" / "synthetic_data_exper.py"
    function_alone(path, "compute_pseudoinvese_soln", names)
    return function_alone(path, "spar_chi_adaptation", names)


def spar(adapt, source, labels, target, intercept="none", alpha=0.999):
    x, y, z, center, level = source, labels, target, np.zeros(source.shape[1]), 0.0
    if intercept == "column":
        x, z = (np.hstack([rows, np.ones((len(rows), 1))]) for rows in (source, target))
    if intercept == "centered":
        center, level = source.mean(0), labels.mean()
        x, y, z = source - center, labels - level, target - center
    ols = linalg.pinv(x) @ y
    variance = float(((x @ ols - y) ** 2).sum() / len(y))
    seen = {}

    def remember(frame, event, _):
        if event == "return" and frame.f_code.co_name == "spar_chi_adaptation":
            seen.update(frame.f_locals)

    sys.setprofile(remember)
    with contextlib.redirect_stdout(io.StringIO()):
        adapted = adapt(SimpleNamespace(spar_alpha=alpha), x, z, y, variance).squeeze(axis=1)
    sys.setprofile(None)
    threshold = chi2.ppf(alpha, 1)

    # The page's formula, independently.
    rank = np.linalg.matrix_rank(x)
    _, sx, vx = np.linalg.svd(x, full_matrices=False)
    _, sz, vz = np.linalg.svd(z, full_matrices=False)
    spread = variance * (((vx[:rank] @ vz.T) ** 2) / sx[:rank, None] ** 2).sum(0) * sz ** 2
    bias = (vz @ ols) ** 2 * sz ** 2
    dropped = bias <= threshold * spread
    restated = ols - vz[dropped].T @ (vz[dropped] @ ols)
    assert np.allclose(restated, adapted, rtol=1e-9, atol=1e-12) and (dropped == seen["chi2_remove_map"]).all()
    margin = np.abs(np.log(bias / (threshold * spread)))
    assert margin.min() > 0.01, "a decision is a matter of rounding"
    print(f"  {intercept}: rank {rank} of {x.shape[1]}, dropped {dropped.astype(int)}",
          "bias/(threshold var)", (bias / np.maximum(threshold * spread, 1e-300)).round(4))
    free = level - center @ adapted if intercept == "centered" else 0.0
    return dict(
        sourceInputs=rounded(source), sourceTargets=rounded(labels), targetInputs=rounded(target), intercept=intercept,
        alpha=alpha, threshold=rounded(threshold), rank=int(rank), ols=rounded(ols), noiseVariance=rounded(variance),
        targetSingularValues=rounded(sz), biases=rounded(seen["test_eigvec_biases"]),
        variances=rounded(seen["test_eigvec_variances"]), dropped=[bool(value) for value in dropped],
        adapted=rounded(adapted), adaptedIntercept=rounded(float(free)),
        targetPredictions=rounded(z @ adapted + level), olsTargetPredictions=rounded(z @ ols + level))


def spar_problems(adapt):
    random = np.random.default_rng(3)
    problems = {}
    plane = {"w1": ([.01, 10], [5, 1e-5]), "w2": ([10, .01], [5, 1e-5]), "noShift": ([1, 2], [1, 40])}
    for name, (truth, covariance) in plane.items():
        truth = np.array(truth) / np.linalg.norm(truth)
        x = single(random.normal(size=(100, 2)) * np.sqrt(covariance))
        z = single(random.normal(size=(60, 2)) * np.sqrt([1, 40]))
        y = single(x @ truth + random.normal(size=100))
        print(name)
        problems[name] = spar(adapt, x, y, z)
    rotation = np.linalg.qr(random.normal(size=(6, 6)))[0]
    scales = np.array([3, 2, 1, .5, .1, .02])
    x = single(random.normal(size=(120, 6)) * scales @ rotation + [2, -1, .5, 0, 1, 0])
    turned = np.linalg.qr(rotation + .2 * random.normal(size=(6, 6)))[0]
    z = single(random.normal(size=(50, 6)) * [1, 2, 1, 2, 1, 1.5] @ turned + [1, 0, .5, 1, -1, 0])
    truth = np.array([1, -2, .5, .2, 1, -.3])
    y = single(x @ truth + 4 + .3 * random.normal(size=120))
    for intercept in ("none", "column", "centered"):
        print("six")
        problems[f"six-{intercept}"] = spar(adapt, x, y, z, intercept)
    print("alpha .99")
    problems["six-centered-alpha99"] = spar(adapt, x, y, z, "centered", alpha=.99)
    flat = x.copy()
    flat[:, 5] = flat[:, 0] * .5 - flat[:, 1]
    flat = single(flat)
    flat[:, 5] = flat[:, 0] * .5 - flat[:, 1]  # exact to rounding in float64: rank 5
    exact = np.round(flat * 1024) / 1024
    exact[:, 5] = exact[:, 0] * .5 - exact[:, 1]
    assert (single(exact) == exact).all() and np.linalg.matrix_rank(exact) == 5
    labels = single(exact @ truth + 4 + .3 * random.normal(size=120))
    print("rank-deficient source")
    problems["six-rank-deficient-source"] = spar(adapt, exact, labels, z, "centered")
    print("few target rows")
    problems["six-four-target-rows"] = spar(adapt, x, y, z[:4], "none")
    return problems


# CORAL


def published_coral():
    package = Path(importlib.util.find_spec("adapt").submodule_search_locations[0])
    names = dict(np=np, linalg=linalg, check_array=np.asarray, set_random_seed=lambda seed: None)
    return function_alone(package / "feature_based" / "_coral.py", "fit_transform", names)


def coral_problems(align):
    random = np.random.default_rng(4)
    mixing = random.normal(size=(5, 5))
    source = single(random.normal(size=(60, 5)) @ mixing * .7 + 1)
    target = single(random.normal(size=(40, 5)) * [2, 1, .5, 1, 3] @ random.normal(size=(5, 5)) * .5 - 2)
    problems = {}
    few = target[:4]  # covariance of rank 3
    for name, goal, ridge in (
            ("identity-added", target, 1.0), ("exact", target, 0.0), ("small-ridge", target, 1e-5),
            ("few-target-rows", few, 1.0)):
        aligned = align(SimpleNamespace(lambda_=ridge, verbose=0, random_state=0), source, goal)
        cs, ct = (np.cov(rows, rowvar=False) + ridge * np.eye(5) for rows in (source, goal))

        def power(matrix, exponent):
            values, vectors = np.linalg.eigh(matrix)
            return vectors * np.maximum(values, 0) ** exponent @ vectors.T

        a = power(cs, -.5) @ power(ct, .5)
        assert np.allclose(source @ a, aligned, atol=1e-9) and np.allclose(a.T @ cs @ a, ct, atol=1e-9)
        if ridge == 0:
            assert np.allclose(np.cov(aligned, rowvar=False), ct, atol=1e-9)
        problems[name] = dict(ridge=ridge, source=rounded(source), target=rounded(goal), A=rounded(a),
                              alignedSource=rounded(aligned))
    return problems


# uLSIF and KLIEP


class Draws:
    """numpy's choice and permutation of a seeded generator, remembered."""

    def __init__(self, seed):
        self.random, self.choices, self.permutations = np.random.default_rng(seed), [], []

    def choice(self, count, size, replace):
        self.choices.append(self.random.choice(count, size=size, replace=replace))
        return self.choices[-1]

    def permutation(self, count):
        self.permutations.append(self.random.permutation(count))
        return self.permutations[-1]


def left_out(phi_t, phi_s, strength):
    count, total = min(len(phi_t), len(phi_s)), 0.0
    for i in range(count):
        others_s, others_t = np.delete(phi_s, i, 0), np.delete(phi_t, i, 0)
        h = others_s.T @ others_s / len(others_s) + strength * np.eye(phi_s.shape[1])
        a = np.maximum(np.linalg.solve(h, others_t.mean(0)), 0)
        total += (phi_s[i] @ a) ** 2 / 2 - phi_t[i] @ a
    return total / count


def left_out_at_once(phi_t, phi_s, strength):
    n_s, n_t, count = len(phi_s), len(phi_t), min(len(phi_t), len(phi_s))
    inverse = np.linalg.inv(phi_s.T @ phi_s / n_s + strength * (n_s - 1) / n_s * np.eye(phi_s.shape[1]))
    s, t, h = phi_s[:count] @ inverse, phi_t[:count], phi_t.mean(0)
    room = n_s - (s * phi_s[:count]).sum(1)
    b0 = inverse @ h + s * (s @ h / room)[:, None]
    b1 = t @ inverse + s * ((s * t).sum(1) / room)[:, None]
    a = np.maximum((n_s - 1) * (n_t * b0 - b1) / (n_s * (n_t - 1)), 0)
    return float((((phi_s[:count] * a).sum(1)) ** 2 / 2 - (t * a).sum(1)).mean())


def ulsif(target, source, centers, sigmas, lambdas):
    module = sys.modules["densratio.RuLSIF"]  # the package has a function of this name
    draws = Draws(1)
    module.choice = draws.choice
    with contextlib.redirect_stdout(io.StringIO()):
        result = module.RuLSIF(target, source, 0, sigmas, lambdas, kernel_num=centers, verbose=False)
    chosen = draws.choices[0]
    scores = []

    def remember(frame, event, _):
        if event == "return" and frame.f_code.co_name == "search_sigma_and_lambda":
            scores.append(float(frame.f_locals["score"]))

    sys.setprofile(remember)
    for sigma in sigmas:
        for strength in lambdas:
            module.search_sigma_and_lambda(target, source, 0, target[chosen], [sigma], [strength], False)
    sys.setprofile(None)
    best = int(np.argmin(scores))
    sigma, strength = sigmas[best // len(lambdas)], lambdas[best % len(lambdas)]
    assert result.kernel_info.sigma == sigma and result.lambda_ == strength
    ordered = sorted(scores)
    print("  uLSIF", sigma, strength, "margin of the choice", ordered[1] - ordered[0],
          "zero weights", int((result.theta == 0).sum()))

    # Kanamori's leave-one-out score by actually leaving out pair after pair: rows i of both samples. The package leaves
    # a denominator out of its closed form; with it (below) both agree.
    exact, closed = [], []
    for sigma_ in sigmas:
        phi_t, phi_s = (np.exp(-((rows[:, None] - target[chosen][None]) ** 2).sum(2) / (2 * sigma_ ** 2))
                        for rows in (target, source))
        for strength_ in lambdas:
            exact.append(left_out(phi_t, phi_s, strength_))
            closed.append(left_out_at_once(phi_t, phi_s, strength_))
    assert np.allclose(exact, closed, rtol=1e-7, atol=1e-10)
    right = int(np.argmin(exact))
    ordered = sorted(exact)
    print("  exact", sigmas[right // len(lambdas)], lambdas[right % len(lambdas)], "margin", ordered[1] - ordered[0],
          "largest difference", np.abs(np.subtract(exact, scores)).max())
    h = np.exp(-((source[:, None] - target[chosen][None]) ** 2).sum(2) / (2 * sigmas[right // len(lambdas)] ** 2))
    t = np.exp(-((target[:, None] - target[chosen][None]) ** 2).sum(2) / (2 * sigmas[right // len(lambdas)] ** 2))
    kernel_weights = np.maximum(np.linalg.solve(
        h.T @ h / len(h) + lambdas[right % len(lambdas)] * np.eye(len(chosen)), t.mean(0)), 0)
    return dict(
        centerRows=rounded(chosen), sigmas=list(sigmas), lambdas=list(lambdas),
        packageScores=rounded(np.reshape(scores, (len(sigmas), len(lambdas)))),
        exactScores=rounded(np.reshape(exact, (len(sigmas), len(lambdas)))),
        exactChoice=dict(
            sigma=sigmas[right // len(lambdas)], **{"lambda": lambdas[right % len(lambdas)]},
            kernelWeights=rounded(kernel_weights), sourceWeights=rounded(h @ kernel_weights)),
        sigma=sigma, **{"lambda": strength}, kernelWeights=rounded(result.theta),
        sourceWeights=rounded(result.compute_density_ratio(source)),
        targetWeights=rounded(result.compute_density_ratio(target)))


def kliep(target, source, centers, sigmas):
    module = sys.modules["densratio.KLIEP"]
    draws = Draws(2)
    module.choice, module.permutation = draws.choice, draws.permutation
    scores = []
    compute = module.KLIEP_compute_score_cv

    def remembered(*arguments, **keywords):
        scores.append(float(compute(*arguments, **keywords)))
        return scores[-1]

    module.KLIEP_compute_score_cv = remembered
    result = module.KLIEP(target, source, sigma=np.array(sigmas), kernel_num=centers, fold=5, verbose=False)
    module.KLIEP_compute_score_cv = compute
    phi = module.compute_kernel_Gaussian(target, result.kernel_info.centers, result.kernel_info.sigma)
    weights = result.compute_density_ratio(source)
    assert abs(weights.mean() - 1) < 1e-9
    ordered = sorted(scores, reverse=True)
    # The optimum by another way: expectation-maximization, which keeps the constraint and has no step size.
    b = module.compute_kernel_Gaussian(source, result.kernel_info.centers, result.kernel_info.sigma).mean(axis=0)
    share = np.full(len(b), 1 / len(b))
    scaled = phi / b
    for _ in range(200_000):
        share = share * (scaled / (scaled @ share)[:, None]).mean(axis=0)
    slack = float((scaled / (scaled @ share)[:, None]).mean(axis=0).max()) - 1  # 0 at the optimum; bounds what is left
    assert slack < 1e-4, slack
    optimum = float(np.log(scaled @ share).mean())
    score = float(module.KLIEP_compute_score(phi, result.theta))
    print("  KLIEP", result.kernel_info.sigma, "margin", ordered[0] - ordered[1], "score", score, "optimum",
          optimum, "slack", slack)
    assert score <= optimum + 1e-9
    return dict(
        centerRows=rounded(draws.choices[0]), sigmas=list(sigmas), folds=5,
        foldOfRow=[rounded(permutation % 5) for permutation in draws.permutations], scores=rounded(scores),
        sigma=float(result.kernel_info.sigma), kernelWeights=rounded(result.theta), score=rounded(score),
        optimalScore=rounded(optimum), optimalTargetWeights=rounded(scaled @ share, 6),
        sourceWeights=rounded(weights), targetWeights=rounded(result.compute_density_ratio(target)))


def density_ratios():
    random = np.random.default_rng(5)
    line = dict(source=single(random.normal(size=(80, 1))), target=single(random.normal(size=(60, 1)) + .7))
    cloud = dict(source=single(random.normal(size=(70, 3)) * [1, 1.2, 1]),
                 target=single(random.normal(size=(70, 3)) * [.7, 1, 1] + [.5, 0, -.3]))
    more = dict(source=single(random.normal(size=(40, 2))), target=single(random.normal(size=(64, 2)) * .8 + .4))
    samples = {}
    for name, sample, centers in (("line", line, 30), ("cloud", cloud, 100), ("fewer-source", more, 25)):
        print(name)
        samples[name] = dict(
            {key: rounded(value) for key, value in sample.items()}, centers=min(centers, len(sample["target"])),
            ulsif=ulsif(sample["target"], sample["source"], centers, [.3, .6, 1.0, 1.5, 2.5], [1e-3, 1e-2, .1, 1.0]),
            kliep=kliep(sample["target"], sample["source"], centers, [.3, .6, 1.0, 1.5, 2.5]))
    return samples


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True)
    arguments = parser.parse_args()
    repositories.check(SPAR, arguments.published)
    write("regression/spar.json", dict(
        repository=SPAR.name, commit=SPAR.commit, license=SPAR.license,
        files=["synthetic/synthetic_data_exper.py"], conventions=[
            "published: no intercept and no centering; noiseVariance = sum of squared residuals / n",
            "threshold = chi-squared quantile (1 degree of freedom) at alpha: .999 for the synthetic table,"
            " .99 by default in the tabular script",
            "target directions are the right singular vectors of the thin SVD of the target, largest first: with fewer"
            " rows than columns, directions outside their span are never dropped",
            "a direction is dropped when bias <= threshold * variance, so also when both are 0",
            "centered: source, its targets and the target inputs minus the source's means"],
        problems=spar_problems(published_spar(arguments.published / "spar"))), limit_bytes=150_000)
    write("regression/coral.json", dict(
        package="adapt 0.4.5", conventions=[
            "covariances divided by n - 1; means are left alone; rows are multiplied from the left: x A",
            "A = (C_S + ridge I)^-1/2 (C_T + ridge I)^1/2 with symmetric roots",
            "the paper adds I (ridge 1); adapt's default is 1e-5"],
        problems=coral_problems(published_coral())), limit_bytes=80_000)
    write("regression/density-ratio.json", dict(
        package="densratio 0.4.0", conventions=[
            "kernel exp(-|x - c|^2 / (2 sigma^2)); target is the numerator, source the denominator;"
            " centers are rows of the target",
            "uLSIF score: mean over pairs i < min(n_S, n_T) of phi_S(i).a^2 / 2 - phi_T(i).a, where a is fitted without"
            " row i of both and cut at 0; smallest wins, ties to the earlier (sigmas outer, lambdas inner)",
            "uLSIF: packageScores are the package's, whose closed form lacks the denominator n_S - phi.B^-1 phi in the"
            " term of the target's left-out row; exactScores leave out in fact; sigma, lambda and the weights beside"
            " them follow the package's scores, exactChoice the exact ones",
            "uLSIF ends in max(0, .) and does not normalize the weights",
            "KLIEP score: mean over 5 folds of the mean log ratio on the target rows left out; the source is whole in"
            " every fold; largest wins",
            "KLIEP: mean weight over the source is 1; gradient steps 1e3 .. 1e-3, each up to 100 times while the"
            " score rises, so the published end falls short of the optimum: optimalScore is the true maximum (to"
            " 1e-4 or better), optimalTargetWeights (6 digits) its ratios, which are unique"],
        samples=density_ratios()), limit_bytes=200_000)


if __name__ == "__main__":
    main()
