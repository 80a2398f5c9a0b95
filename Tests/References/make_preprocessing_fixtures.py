"""Fixtures of imputation and encoding: scikit-learn's ColumnTransformer and Ridge.

preprocessing/mixed.csv: 160 rows of datasets/diabetes.csv as a file with all traps: `;` between cells, decimal commas, CRLF.
`sex` is written as `s1` and `s2`; `age_group` is age cut at 35, 45, 55 and written in words; `bmi` is empty in every
11th row, `s5` is `NA` in every 17th, `age_group` is `?` in every 13th. The last 40 rows are the test part.

preprocessing/mixed.json: two pipelines, fitted on the first 120 rows. Names of the outputs, the design matrix of the test
part, and Ridge's predictions for it.
  onehot: median and StandardScaler for numbers, most frequent and OneHotEncoder for categories.
  ordinal: mean with indicators, StandardScaler for the numbers only; a category `missing`, OrdinalEncoder in a given
  order with StandardScaler; OneHotEncoder without the first level for sex.

preprocessing/california.json: onehot, fitted on all rows, with the outputs of rows 281 to 320, of $ATTUNE_DATA/california-housing/housing.csv.

Numbers are rounded to float32 first, as Attune stores them, and everything is then computed in float64.
"""

import csv
import os
from pathlib import Path

import numpy as np
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from fixture_json import FIXTURES, numbers, write

ROOT = Path(__file__).resolve().parent.parent.parent
GROUPS = ["young", "middle", "older", "old"]
TRAIN = 120


def mixed_rows():
    with (ROOT / "datasets/diabetes.csv").open() as file:
        source = list(csv.DictReader(file))[:160]
    for index, row in enumerate(source, 1):
        group = GROUPS[sum(int(row["age"]) >= cut for cut in (35, 45, 55))]
        yield {
            "age_group": "?" if index % 13 == 0 else group, "bmi": "" if index % 11 == 0 else row["bmi"],
            "sex": f"s{row['sex']}", "s5": "NA" if index % 17 == 0 else row["s5"], "bp": row["bp"],
            "target": row["target"]}


def write_mixed():
    rows = list(mixed_rows())
    lines = [";".join(rows[0])] + [";".join(v.replace(".", ",") for v in row.values()) for row in rows]
    (FIXTURES / "preprocessing").mkdir(exist_ok=True)
    (FIXTURES / "preprocessing/mixed.csv").write_text("\r\n".join(lines) + "\r\n", newline="")
    return rows


def matrix(rows, categories, target):
    """Features as objects with None or NaN for what is missing, and the targets."""
    def cell(name, text):
        missing = text in ("", "NA", "?")
        if name in categories:
            return np.nan if missing else text
        return np.nan if missing else float(np.float32(text))
    names = [name for name in rows[0] if name != target]
    features = np.array([[cell(name, row[name]) for name in names] for row in rows], dtype=object)
    return names, features, np.array([float(np.float32(row[target])) for row in rows])


def one_hot(names, categories, statistic):
    number = make_pipeline(SimpleImputer(strategy=statistic), StandardScaler())
    category = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(sparse_output=False))
    return ColumnTransformer(
        [(name, category if name in categories else number, [place]) for place, name in enumerate(names)])


def ordinal(names):
    number = make_pipeline(SimpleImputer(strategy="mean"), StandardScaler())
    steps = []
    for place, name in enumerate(names):
        if name == "age_group":
            steps.append((name, make_pipeline(
                SimpleImputer(strategy="constant", fill_value="missing"),
                OrdinalEncoder(categories=[GROUPS + ["missing"]]), StandardScaler()), [place]))
        elif name == "sex":
            steps.append((name, OneHotEncoder(drop="first", sparse_output=False), [place]))
        else:
            steps.append((name, number, [place]))
            if name in ("bmi", "s5"):
                steps.append((name + "-missing", MissingIndicator(), [place]))
    return ColumnTransformer(steps)


def result(transformer, train, train_targets, test, alpha):
    inputs = transformer.fit_transform(train).astype(float)
    ridge = Ridge(alpha=alpha, solver="cholesky").fit(inputs, train_targets)
    design = transformer.transform(test).astype(float)
    return dict(
        width=design.shape[1], design=numbers(design.astype(np.float32)), weights=numbers(ridge.coef_),
        intercept=float(ridge.intercept_), predictions=numbers(ridge.predict(design)))


def main():
    rows = write_mixed()
    names, features, targets = matrix(rows, ["age_group", "sex"], "target")
    train, test = features[:TRAIN], features[TRAIN:]
    # scikit-learn sorts categories as Attune does: by their text.
    write("preprocessing/mixed.json", dict(
        sklearn=sklearn.__version__, train=TRAIN,
        onehot=result(one_hot(names, ["age_group", "sex"], "median"), train, targets[:TRAIN], test, 1.0),
        ordinal=result(ordinal(names), train, targets[:TRAIN], test, 1.0)), limit_bytes=40_000)
    with (Path(os.environ["ATTUNE_DATA"]) / "california-housing/housing.csv").open() as file:
        housing = list(csv.DictReader(file))
    names, features, targets = matrix(housing, ["ocean_proximity"], "median_house_value")
    found = result(one_hot(names, ["ocean_proximity"], "median"), features, targets, features[280:320], 1.0)
    write("preprocessing/california.json", dict(
        sklearn=sklearn.__version__, rows=len(housing), ridge=found), limit_bytes=10_000)


main()
