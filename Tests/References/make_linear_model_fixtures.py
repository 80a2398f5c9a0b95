"""Linear models beyond plain least squares: Tests/Fixtures/closed-form/*.json.

    ATTUNE_DATA=... python Tests/References/make_linear_model_fixtures.py      (scikit-learn 1.9, numpy, scipy)

Reads $ATTUNE_DATA/sklearn-toy and $ATTUNE_DATA/california-housing. Features and targets are rounded to float32 first, as
Attune stores them, and everything is then computed in float64.

inference.json: on diabetes (whose features are in diabetes.json), standard errors and R² of ordinary least squares by
the textbook formula on the design with a column of ones; leave-one-out errors of ridge by refitting 442 times; least
squares of least norm with two dependent columns, a sum (exact in float32) and a multiple, by scikit-learn; Bayesian linear
regression with known precisions by the normal equations in NumPy and by BayesianRidge, whose hyperprior is made so
strong that it fixes them; BayesianRidge with its own choice of them and no hyperprior.

logistic-<name>.json: scikit-learn's LogisticRegression, lbfgs, tol 1e-10, on standardized features that are rounded to
multiples of 1/256, which float32 holds exactly; the file has the multiples. breast_cancer: every second row; digits:
every tenth. The same with newton-cholesky, and the largest gradient of the mean loss with penalty at both solutions.

california-ridge.json: weights and intercept of Ridge on all 20,640 rows of cal_housing_complete.csv, raw features.
"""

import csv
import os
import warnings
from pathlib import Path

import numpy as np
import sklearn
from scipy.special import log_softmax
from sklearn.linear_model import BayesianRidge, LinearRegression, LogisticRegression, Ridge

from fixture_json import numbers, write

DATA = Path(os.environ["ATTUNE_DATA"])
NOISE_PRECISION, WEIGHT_PRECISION = 0.0004, 0.001
STRENGTHS = (0.01, 1.0, 100.0, 10_000.0)


def table(path):
    with (DATA / path).open() as file:
        return np.array(list(csv.reader(file))[1:], dtype=np.float32)


def errors(x, y):
    n, d = x.shape
    design = np.column_stack([np.ones(n), x])
    inverse = np.linalg.inv(design.T @ design)
    weights = inverse @ design.T @ y
    residual = y - design @ weights
    variance = residual @ residual / (n - d - 1)
    standard = np.sqrt(variance * np.diag(inverse))
    return dict(
        variance=float(variance), weights=numbers(standard[1:]), intercept=float(standard[0]),
        rSquared=float(1 - residual @ residual / ((y - y.mean()) ** 2).sum()))


def leave_one_out(x, y, l2):
    rows = np.arange(len(y))
    left = [Ridge(alpha=l2, solver="cholesky").fit(x[rows != i], y[rows != i]) for i in rows]
    return float(np.mean([(y[i] - model.predict(x[i:i + 1])[0]) ** 2 for i, model in enumerate(left)]))


def solution(model):
    weights, intercepts = np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
    return dict(weights=[numbers(row) for row in weights], intercepts=numbers(intercepts))


def dependent(x, y):
    wide = np.column_stack([x, x[:, 0] + x[:, 4], 2 * x[:, 0]]).astype(np.float32)
    return solution(LinearRegression().fit(wide.astype(np.float64), y))


def bayesian(x, y):
    n, d = x.shape
    centered = x - x.mean(axis=0)
    covariance = np.linalg.inv(WEIGHT_PRECISION * np.eye(d) + NOISE_PRECISION * centered.T @ centered)
    mean = NOISE_PRECISION * covariance @ centered.T @ (y - y.mean())
    sure = 1e15
    fixed = BayesianRidge(
        alpha_1=sure * NOISE_PRECISION, alpha_2=sure, lambda_1=sure * WEIGHT_PRECISION, lambda_2=sure,
        alpha_init=NOISE_PRECISION, lambda_init=WEIGHT_PRECISION).fit(x, y)
    found = BayesianRidge(
        tol=1e-13, max_iter=100_000, alpha_1=0, alpha_2=0, lambda_1=0, lambda_2=0).fit(x, y)
    _, deviation = fixed.predict(x[:5], return_std=True)
    return dict(
        weightPrecision=WEIGHT_PRECISION, noisePrecision=NOISE_PRECISION, mean=numbers(mean),
        covariance=[numbers(row) for row in covariance], sklearnMean=numbers(fixed.coef_),
        # scikit-learn leaves out the variance of the intercept, 1/(n·β).
        variances=numbers(deviation ** 2 + 1 / (n * NOISE_PRECISION)),
        evidence=dict(
            weightPrecision=float(found.lambda_), noisePrecision=float(found.alpha_), mean=numbers(found.coef_)))


def logistic(name, rows, strengths):
    data = table(f"sklearn-toy/{name}.csv")[rows].astype(np.float64)
    features, labels = data[:, :-1], data[:, -1].astype(int)
    spread = features.std(axis=0)
    multiples = np.round(256 * (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1)).astype(int)
    x = multiples / 256

    def gradient(model, c):
        if len(model.classes_) == 2:
            probability = model.predict_proba(x)
            outer = probability[:, 1:] - (labels == 1)[:, None]
        else:
            outer = np.exp(log_softmax(model.decision_function(x), axis=1)) - np.eye(len(model.classes_))[labels]
        by_weights = outer.T @ x + model.coef_ / c
        return float(max(np.abs(by_weights).max(), np.abs(outer.sum(axis=0)).max()) / len(x))

    solutions = []
    for c in strengths:
        lbfgs = LogisticRegression(C=c, tol=1e-10, max_iter=1_000_000).fit(x, labels)
        newton = LogisticRegression(C=c, tol=1e-12, max_iter=1000, solver="newton-cholesky").fit(x, labels)
        solutions.append(dict(
            c=c, lbfgs=solution(lbfgs), newton=solution(newton), lbfgsGradient=gradient(lbfgs, c),
            newtonGradient=gradient(newton, c)))
        print(name, c, "gradients", solutions[-1]["lbfgsGradient"], solutions[-1]["newtonGradient"], "difference",
              np.abs(lbfgs.coef_ - newton.coef_).max())
    write(f"closed-form/logistic-{name.replace('_', '-')}.json", dict(
        sklearn=sklearn.__version__, scale=256, multiples=[numbers(row) for row in multiples],
        labels=numbers(labels), solutions=solutions), limit_bytes=90_000)


def main():
    diabetes = table("sklearn-toy/diabetes.csv").astype(np.float64)
    x, y = diabetes[:, :10], diabetes[:, 10]
    write("closed-form/inference.json", dict(
        sklearn=sklearn.__version__, ordinary=errors(x, y), dependent=dependent(x, y), bayesian=bayesian(x, y),
        leaveOneOut={str(l2): leave_one_out(x, y, l2) for l2 in STRENGTHS}), limit_bytes=20_000)

    logistic("breast_cancer", slice(None, None, 2), (1.0, 0.01))
    logistic("iris", slice(None), (1.0, 100.0))
    logistic("wine", slice(None), (1.0, 0.01))
    logistic("digits", slice(None, None, 10), (1.0,))

    housing = table("california-housing/cal_housing_complete.csv").astype(np.float64)
    models = {str(l2): Ridge(alpha=l2, solver="cholesky").fit(housing[:, :-1], housing[:, -1]) for l2 in (1.0, 1000.0)}
    write("closed-form/california-ridge.json", dict(
        sklearn=sklearn.__version__, rows=len(housing),
        ridge={l2: solution(model) for l2, model in models.items()}), limit_bytes=5_000)


warnings.simplefilter("error")
main()
