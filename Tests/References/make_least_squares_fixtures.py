"""scikit-learn's least squares on the diabetes data: Tests/Fixtures/closed-form/diabetes.json.

    ATTUNE_DATA=... python Tests/References/make_least_squares_fixtures.py      (scikit-learn 1.9, numpy)

Reads $ATTUNE_DATA/sklearn-toy/diabetes.csv (442 rows, the raw features). Features and targets are rounded to float32
first, as Attune stores them, and then fitted in float64. Two problems: "target" on the ten features, and two targets at
once, "s6" and "target", on the nine other features. For each, weights [targets][features] and intercepts of
LinearRegression and of Ridge for three strengths (key: the strength l2).
"""

import csv
import os
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LinearRegression, Ridge

from fixture_json import numbers, write

STRENGTHS = (0.1, 1.0, 1000.0)


def solution(model, features, targets):
    fitted = model.fit(features, targets)
    weights = fitted.coef_.reshape(targets.shape[1], features.shape[1])  # Ridge flattens those of a single target
    return dict(weights=[numbers(row) for row in weights], intercepts=numbers(fitted.intercept_))


def problem(features, targets):
    wide, answers = features.astype(np.float64), targets.astype(np.float64)
    centered = wide - wide.mean(axis=0)
    return dict(
        features=[numbers(row) for row in features], targets=[numbers(row) for row in targets],
        condition=float(np.linalg.cond(centered / np.linalg.norm(centered, axis=0))),
        ordinary=solution(LinearRegression(), wide, answers),
        ridge={str(l2): solution(Ridge(alpha=l2, solver="cholesky"), wide, answers) for l2 in STRENGTHS})


def main():
    path = Path(os.environ["ATTUNE_DATA"]) / "sklearn-toy" / "diabetes.csv"
    with path.open() as file:
        header, *rows = csv.reader(file)
    assert header[-2:] == ["s6", "target"] and len(rows) == 442
    table = np.array(rows, dtype=np.float32)
    write("closed-form/diabetes.json", dict(
        sklearn=sklearn.__version__, problems=[
            problem(table[:, :10], table[:, 10:]),
            problem(table[:, :9], table[:, 9:])]), limit_bytes=60_000)


main()
