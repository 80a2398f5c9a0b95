"""Linear models on public data of some thousand rows: Tests/Fixtures/closed-form/real-data.json.

    ATTUNE_DATA=... python Tests/References/make_real_data_fixtures.py      (scikit-learn 1.9, numpy)

Numbers are rounded to float32 first, as Attune stores them, and everything is then computed in float64 on raw features.
Regression: LinearRegression and Ridge (alpha 1) on red and white wine and King County's house sales. Classification:
LogisticRegression (newton-cholesky, C 1, tol 1e-12) on spambase, standardized with float32 results, and electricity.
"""

import csv
import os
from pathlib import Path

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

from fixture_json import numbers, write

DATA = Path(os.environ["ATTUNE_DATA"])
HOUSES = ("bedrooms bathrooms sqft_living sqft_lot floors waterfront view condition grade sqft_above yr_built "
          "yr_renovated lat long sqft_living15 sqft_lot15").split()
ELECTRICITY = "period nswprice nswdemand vicprice vicdemand transfer".split()


def records(path, separator=","):
    with (DATA / path).open(newline="") as file:
        return list(csv.reader(file, delimiter=separator))


def columns(rows, names):
    """The named columns as float32, in double precision from there on."""
    return np.array([[row[rows[0].index(name)] for name in names] for row in rows[1:]], np.float32).astype(float)


def solution(model):
    return dict(weights=[numbers(row) for row in np.atleast_2d(model.coef_)],
                intercepts=numbers(np.atleast_1d(model.intercept_)))


def regression(x, y):
    return dict(rows=len(x), ordinary=solution(LinearRegression().fit(x, y)), ridge=solution(Ridge(alpha=1).fit(x, y)))


def classification(x, labels):
    model = LogisticRegression(solver="newton-cholesky", C=1, tol=1e-12, max_iter=1000).fit(x, labels)
    return dict(rows=len(x), logistic=solution(model))


def wine(color):
    rows = records(f"wine-quality/winequality-{color}.csv", ";")
    features = [name for name in rows[0] if name != "quality"]
    return regression(columns(rows, features), columns(rows, ["quality"])[:, 0])


def main():
    houses = records("king-county/kc_house_data.csv")
    spam = np.array(records("spambase/spambase.data"), np.float32)
    x = spam[:, :-1].astype(float)
    x = ((x - x.mean(0)) / x.std(0)).astype(np.float32).astype(float)
    power = records("electricity/electricity.csv")
    write("closed-form/real-data.json", {
        "wine-red": wine("red"), "wine-white": wine("white"),
        "king-county": regression(columns(houses, HOUSES), columns(houses, ["price"])[:, 0]),
        "spambase": classification(x, spam[:, -1]),
        "electricity": classification(columns(power, ELECTRICITY), [row[-1] for row in power[1:]]),
    }, 20_000)


main()
