"""Conformal thresholds, fixed and adaptive: Tests/Fixtures/conformal/{split,adaptive,dynamically-tuned}.json.

    python Tests/References/make_conformal_fixtures.py      (numpy, crepes 0.9.1)

A score is the absolute value of a residual; a row is covered if its score is at most the threshold.

split.json: the threshold of split conformal prediction for n scores and miscoverage a is the k-th smallest score,
k = ceil((n + 1)·(1 − a)), and infinite (null) if k > n. k is computed with a as the decimal it is written as. `indices`
lists k for every n to 120; `doubleMiscounts` lists [n, a, k, what ceil((n + 1)·(1 − a)) gives in double precision]
wherever that is another number. Thresholds are compared with crepes, whose int((1 − confidence)·(n + 1)) loses a rank to
rounding at `crepesMiscounts` [n, a], where it takes the next larger score.

adaptive.json: adaptive conformal inference (Gibbs and Candès 2021, arXiv:2106.00170): a_{t+1} = a_t + gamma·(a − err_t),
err_t = 1 if the score of row t exceeds the threshold for a_t. Never clipped: with a_t at or below 0 everything is covered
(threshold null), with a_t at or above 1 nothing (threshold −1). `calibration` names the scores behind row t: "fixed" the
stored calibration, "growing" it and all rows before t, "window" the last 100 of these. `quantile` "finite" takes rank
ceil((n + 1)·(1 − a_t)) and infinity beyond n, "empirical" rank ceil(n·(1 − a_t)), as the paper's Q̂ does, and
"interpolated" the quantile 1 − a_t between ranks 1 + (n − 1)·(1 − a_t), as the authors' published R code does. Ranks come
from exact fractions; `nearInteger` lists the rows where double precision counts another rank.

dynamically-tuned.json: DtACI (Gibbs and Candès 2024, arXiv:2208.08401) from `betas`, beta_t being the largest a for which
row t is covered: the share of the last 100 scores that are at least the row's. Per row, experts i with rates gamma_i
(err_i = 1 if a_i > beta_t) and weights w_i: p = w / Σw; `means` Σ p_i·a_i is the level used, `errors` whether it exceeds
beta_t; loss_i = a·(beta_t − a_i) − min(0, beta_t − a_i); w_i ← p_i·exp(−eta·loss_i), normalized, then
(1 − sigma)·w_i + sigma/k; a_i ← a_i + gamma_i·(a − err_i). `chosen` is the paper's randomized level: the first expert
whose cumulative p exceeds the stored uniform number of the row. Settings: eta 2.72 and sigma .001 are the authors' code's;
"interval" I gives the paper's eta = sqrt(3/I)·sqrt((log(k·I) + 2)/((1 − a)²·a³ + a²·(1 − a)³)) and sigma 1/(2I);
"lookback" L also the authors' eta = sqrt((log(2·k·L) + 1)/Σ of the last L squared mean losses) once more than L rows
are done, eta 2.72 before.
"""

import math
import warnings
from fractions import Fraction

import numpy as np
from crepes import ConformalRegressor

from fixture_json import write

LEVELS = ("0.01", "0.05", "0.1", "0.2", "0.25", "0.3", "0.5", "0.9")


def rank(n, miscoverage):
    return math.ceil((n + 1) * (1 - Fraction(miscoverage)))


def double_rank(n, miscoverage):
    return math.ceil((n + 1) * (1 - float(miscoverage)))


def crepes_threshold(residuals, miscoverage):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        regressor = ConformalRegressor().fit(np.array(residuals))
        return float(regressor.predict_int(np.zeros(1), confidence=1 - float(miscoverage))[0, 1])


def split():
    generator = np.random.default_rng(11)
    residuals = np.round(generator.normal(size=120), 2).tolist()  # two decimals: there are ties
    assert len(set(map(abs, residuals))) < 120
    indices, miscounts, crepes_miscounts, thresholds = {}, [], [], []
    for level in LEVELS:
        indices[level] = [rank(n, level) for n in range(1, 121)]
        for n in range(1, 121):
            k, scores = rank(n, level), sorted(map(abs, residuals[:n]))
            if double_rank(n, level) != k:
                miscounts.append([n, float(level), k, double_rank(n, level)])
            exact, other = (scores[k - 1] if k <= n else math.inf), crepes_threshold(residuals[:n], level)
            if int((1 - (1 - float(level))) * (n + 1)) == n + 1 - k:
                assert exact == other
            else:
                crepes_miscounts.append([n, float(level)])
                assert other == (scores[k] if k < n else math.inf)
        for n in (1, 2, 5, 9, 10, 19, 20, 50, 99, 100, 119, 120):
            k, scores = rank(n, level), sorted(map(abs, residuals[:n]))
            threshold = scores[k - 1] if k <= n else None
            thresholds.append(dict(n=n, miscoverage=float(level), rank=k, threshold=threshold,
                                   covered=None if threshold is None else sum(score <= threshold for score in scores)))
    return dict(residuals=residuals, indices=indices, doubleMiscounts=miscounts, crepesMiscounts=crepes_miscounts,
                thresholds=thresholds)


def residual_stream():
    generator = np.random.default_rng(12)
    deviation = np.concatenate([np.ones(100), np.ones(100), np.full(150, 2.5), np.linspace(2.5, .5, 150)])
    return np.round(deviation * generator.normal(size=500), 4).tolist()


def adaptive_run(scores, start, miscoverage, gamma, calibration, quantile):
    level, step = Fraction(miscoverage), Fraction(gamma)
    exact, value = level, float(miscoverage)
    alphas, thresholds, errors, near = [], [], "", []
    for row in range(start, len(scores)):
        known = dict(fixed=scores[:start], growing=scores[:row], window=scores[max(0, row - 100):row])[calibration]
        known = sorted(known)
        n = len(known) + (quantile == "finite")
        k, counted = math.ceil(n * (1 - exact)), math.ceil(n * (1 - value))
        if k != counted and quantile != "interpolated":
            near.append(row - start)
        if exact >= 1:
            threshold = -1
        elif quantile == "interpolated":
            threshold = None if exact <= 0 else float(np.quantile(known, 1 - value))
        else:
            threshold = None if exact <= 0 or k > len(known) else known[k - 1]
        error = threshold is not None and scores[row] > threshold
        alphas.append(value)
        thresholds.append(threshold)
        errors += str(int(error))
        exact = exact + step * (level - int(error))
        value = value + float(gamma) * (float(miscoverage) - int(error))
        assert abs(float(exact) - value) < 1e-12
    return dict(miscoverage=float(miscoverage), gamma=float(gamma), calibration=calibration, quantile=quantile,
                alphas=alphas, thresholds=thresholds, errors=errors, next=value, nearInteger=near,
                coverage=errors.count("0") / len(errors), lastHundred=errors[-100:].count("0") / 100)


def adaptive():
    residuals = residual_stream()
    scores = [abs(value) for value in residuals]
    settings = [("0.1", "0.005", "fixed", "finite"), ("0.1", "0.005", "growing", "finite"),
                ("0.1", "0.005", "window", "finite"), ("0.1", "0.05", "fixed", "finite"),
                ("0.1", "0.05", "window", "finite"), ("0.1", "0.005", "window", "empirical"),
                ("0.1", "0.03", "window", "interpolated"),
                ("0.2", "0.03", "growing", "empirical"), ("0.1", "0", "window", "finite"), ("0.5", "0.7", "fixed", "finite")]
    return dict(residuals=residuals, calibrationRows=100, runs=[adaptive_run(scores, 100, *entry) for entry in settings])


def tuned_run(betas, uniforms, level, gammas, eta=2.72, sigma=.001, interval=None, lookback=None):
    k, gammas = len(gammas), np.array(gammas)
    if interval:
        eta = math.sqrt(3 / interval) * math.sqrt(
            (math.log(k * interval) + 2) / ((1 - level) ** 2 * level ** 3 + level ** 2 * (1 - level) ** 3))
        sigma = 1 / (2 * interval)
    alphas, p = np.full(k, level), np.full(k, 1 / k)
    means, chosen, errors, chosen_errors, mean_losses, states, etas = [], [], "", "", [], [], []
    for row, beta in enumerate(betas):
        if lookback and row >= lookback:
            eta = math.sqrt((math.log(2 * k * lookback) + 1) / sum(loss ** 2 for loss in mean_losses[-lookback:]))
        mean = float(p @ alphas)
        expert = min(int(np.searchsorted(np.cumsum(p), uniforms[row], side="right")), k - 1)
        means.append(mean)
        chosen.append(expert)
        errors += str(int(mean > beta))
        chosen_errors += str(int(alphas[expert] > beta))
        if row % 40 == 0:
            states.append(dict(row=row, alphas=alphas.tolist(), probabilities=p.tolist(), eta=float(eta)))
        losses = level * (beta - alphas) - np.minimum(0, beta - alphas)
        mean_losses.append(float(losses @ p))
        weights = p * np.exp(-eta * losses)
        p = (1 - sigma) * weights / weights.sum() + sigma / k
        p = p / p.sum()
        alphas = alphas + gammas * (level - (alphas > beta))
    return dict(miscoverage=level, gammas=gammas.tolist(), sigma=sigma, eta=None if lookback else eta, interval=interval,
                lookback=lookback, means=means, errors=errors, chosen=chosen, chosenErrors=chosen_errors,
                coverage=errors.count("0") / len(errors), states=states,
                final=dict(alphas=alphas.tolist(), probabilities=p.tolist()))


def dynamically_tuned():
    residuals = residual_stream()
    scores = np.abs(residuals)
    betas = [float(np.mean(scores[row - 100:row] >= scores[row])) for row in range(100, 500)]
    uniforms = np.round(np.random.default_rng(13).random(400), 6).tolist()
    gammas = [.001, .002, .004, .008, .016, .032, .064, .128]
    runs = [tuned_run(betas, uniforms, .1, gammas), tuned_run(betas, uniforms, .1, gammas, interval=100),
            tuned_run(betas, uniforms, .2, gammas[2:6], interval=50), tuned_run(betas, uniforms, .1, gammas, lookback=100)]
    return dict(betas=betas, uniforms=uniforms, runs=runs)


def main():
    write("conformal/split.json", split(), 60_000)
    write("conformal/adaptive.json", adaptive(), 200_000)
    write("conformal/dynamically-tuned.json", dynamically_tuned(), 150_000)


if __name__ == "__main__":
    main()
