"""Online learners on real streams, row by row: Tests/Fixtures/online/{trump,chick,phishing,segments,electricity}.json.

    ATTUNE_DATA=... python Tests/References/make_online_fixtures.py      (river 0.26.1, mpmath)

Every number is river's own. Each row is predicted, scored, then learned (a pipeline predicts with the scaler as it was,
and learns by taking the row into the scaler before the scaled row reaches the model); each loop is checked against
river's evaluate.progressive_val_score. Rows come in the order of the file, features in the order of its columns, all as
double; what a column is converted to stands in `STREAMS`. is_phishing "1" and class "UP" are the positive class; an
image segment's class is its place among the sorted names.

A run holds `predictions` of the first 50 and the last 5 rows, `weights` (and `intercept`) after row 50 and at the end,
`checkpoints` (rows so far, then each metric) and the final `metrics`. A prediction is the regression's value, the
probability of the positive class, or for several classes the list of probabilities; `scores` are what the sigmoid took.
`rows` repeats the first 60 rows, the target last, so that the first predictions can be replayed without the data.

Three runs are not river's as it stands. `exact` solves river's Bayesian regression from the same sums in 60 digits: how
far double precision is to be trusted. `intended` gives PARegressor the loss max(0, |prediction − target| − eps) of its
paper: river 0.26.1 measures the distance to 2·target − 1 there, which its loss does as if targets were labels 0 and 1.
`known-classes` lets SoftmaxRegression know all classes from the start; river adds a class when it first sees it.
"""

import copy
import csv
import gzip
import io
import math
import os
import zipfile
from pathlib import Path

import mpmath
import river
from river import dummy, evaluate, linear_model, metrics, optim, preprocessing
from river.linear_model import LinearRegression, LogisticRegression

from fixture_json import write

DATA = Path(os.environ["ATTUNE_DATA"])
FIRST, LAST, KEPT = 50, 5, 60
STREAMS = {
    "trump": ("river/trump_approval.csv.gz", "five_thirty_eight", float,
              "ordinal_date gallup ipsos morning_consult rasmussen you_gov"),
    "chick": ("river/chick-weights.csv", "weight", float, "time chick diet"),
    "phishing": ("river/phishing.csv.gz", "is_phishing", lambda text: text == "1",
                 "empty_server_form_handler popup_window https request_from_other_domain anchor_from_other_domain "
                 "is_popular long_url age_of_domain ip_in_url"),
    "segments": ("river/segment.csv.zip", "category",
                 ["brickface", "cement", "foliage", "grass", "path", "sky", "window"].index,
                 "region-centroid-col region-centroid-row short-line-density-5 short-line-density-2 vedge-mean vegde-sd "
                 "hedge-mean hedge-sd intensity-mean rawred-mean rawblue-mean rawgreen-mean exred-mean exblue-mean "
                 "exgreen-mean value-mean saturation-mean hue-mean"),
    "electricity": ("electricity/electricity.csv", "class", lambda text: text == "UP",
                    "period nswprice nswdemand vicprice vicdemand transfer"),
}
OPTIMIZERS = dict(sgd=optim.SGD(.1), momentum=optim.Momentum(), nesterov=optim.NesterovMomentum(),
                  adagrad=optim.AdaGrad(), rmsprop=optim.RMSProp(), adam=optim.Adam(), amsgrad=optim.AMSGrad(),
                  adamax=optim.AdaMax(), nadam=optim.Nadam(), adadelta=optim.AdaDelta(), sgd01=optim.SGD(.01))


def stream(name):
    path, target, convert, features = STREAMS[name]
    path = DATA / path
    if path.suffix == ".gz":
        text = gzip.decompress(path.read_bytes()).decode()
    elif path.suffix == ".zip":
        archive = zipfile.ZipFile(path)
        text = archive.read(archive.namelist()[0]).decode()
    else:
        text = path.read_text()
    return [({feature: float(row[feature]) for feature in features.split()}, convert(row[target]))
            for row in csv.DictReader(io.StringIO(text))]


def described(name, rows):
    path, target, _, features = STREAMS[name]
    assert features.split() == list(rows[0][0])
    return dict(file=path, features=features.split(), target=target, count=len(rows),
                rows=[[*x.values(), int(y) if name in ("phishing", "segments", "electricity") else y]
                      for x, y in rows[:KEPT]])


def scaled(model):
    return preprocessing.StandardScaler() | model


def last_step(model):
    return model[list(model.steps)[-1]] if hasattr(model, "steps") else model


def parameters(model, features):
    """The weights in the order of the features, and the intercept where there is one."""
    model = last_step(model)
    if isinstance(model, linear_model.BayesianLinearRegression):
        return dict(weights=[model.predict_one({name: 1.0}) for name in features])
    if isinstance(model, linear_model.ALMAClassifier):
        return dict(weights=[model.w[name] for name in features], updates=model.k - 1)
    if isinstance(model, linear_model.SoftmaxRegression):
        return dict(weights={str(label): [model.weights[label].get(name, 0.0) for name in features]
                             for label in sorted(model.weights)})
    if isinstance(model, (dummy.NoChangeClassifier, dummy.PriorClassifier)):
        return {}
    return dict(weights=[float(model.weights[name]) for name in features], intercept=float(model.intercept))


def score(model, x):
    """What a binary model hands to the sigmoid."""
    for step in list(model.steps.values())[:-1]:
        x = step.transform_one(x)
    model = last_step(model)
    if isinstance(model, linear_model.PAClassifier):
        return sum(x[name] * model.weights.get(name, 0.0) for name in x) + model.intercept
    return model._raw_dot(x) if isinstance(model, linear_model.ALMAClassifier) else model._raw_dot_one(x)


def ends(values):
    return dict(first=values[:FIRST], last=values[-LAST:])


def values_of(measures):
    return {name: measure.get() for name, measure in measures.items()}


def prequential(model, rows, measures, main, checkpoints=(50, 100, 250, 500, 1000)):
    """Predict, score, learn; `measures` maps names to metrics, `main` names the one that is checked with river's loop."""
    fresh, fresh_measure = copy.deepcopy(model), copy.deepcopy(measures[main])
    features = list(rows[0][0])
    classifier = hasattr(last_step(model), "predict_proba_one")
    predictions, scores, history, early = [], [], [], None
    for index, (x, y) in enumerate(rows):
        guess = model.predict_one(x)
        probabilities = model.predict_proba_one(x) if classifier else None
        if classifier and isinstance(y, bool):
            predictions.append(probabilities.get(True, 0.0))
            if hasattr(model, "steps"):
                scores.append(float(score(model, x)))
        elif classifier:
            predictions.append([probabilities.get(label, 0.0) for label in range(7)])
        else:
            predictions.append(float(guess))
        for measure in measures.values():
            value = guess if not classifier or measure.requires_labels else probabilities
            if value is not None and value != {}:
                measure.update(y, value)
        model.learn_one(x, y)
        if index + 1 in checkpoints:
            history.append([index + 1, *values_of(measures).values()])
        if index + 1 == FIRST:
            early = parameters(model, features)
    evaluate.progressive_val_score(rows, fresh, fresh_measure)
    assert fresh_measure.get() == measures[main].get()
    run = dict(metrics=values_of(measures), checkpoints=history, predictions=ends(predictions))
    if scores:
        run["scores"] = ends(scores)
    return dict(run, afterFirst=early, final=parameters(model, features)), predictions


def regression(model, rows):
    return prequential(model, rows, dict(mae=metrics.MAE(), rmse=metrics.RMSE(), r2=metrics.R2()), "mae")


def binary(model, rows, checkpoints=(50, 100, 250, 500, 1000)):
    measures = dict(accuracy=metrics.Accuracy(), f1=metrics.F1(), logLoss=metrics.LogLoss())
    return prequential(model, rows, measures, "accuracy", checkpoints)[0]


def exact_bayesian(rows, smoothing):
    """The predictions of river's Bayesian regression (alpha = beta = 1) before each row, from exact sums."""
    mpmath.mp.dps = 60
    size = len(rows[0][0])
    a, b, predictions = mpmath.eye(size), mpmath.zeros(size, 1), []
    old, new = (1, 1) if smoothing is None else (mpmath.mpf(smoothing), 1 - mpmath.mpf(smoothing))
    for x, y in rows:
        x = mpmath.matrix([mpmath.mpf(value) for value in x.values()])
        weights = mpmath.lu_solve(a, b)
        predictions.append(float((x.T * weights)[0]))
        a, b = old * a + new * (x * x.T), old * b + new * (x * mpmath.mpf(y))
    weights = [float(value) for value in mpmath.lu_solve(a, b)]
    errors = [prediction - y for prediction, (_, y) in zip(predictions, rows)]
    return predictions, dict(metrics=dict(mae=sum(map(abs, errors)) / len(rows),
                                          rmse=math.sqrt(sum(error * error for error in errors) / len(rows))),
                             predictions=ends(predictions), final=dict(weights=weights))


def trump():
    rows = stream("trump")
    runs = {
        "linear, intercept rate 0.1": regression(scaled(LinearRegression(intercept_lr=.1)), rows)[0],
        "linear": regression(scaled(LinearRegression()), rows)[0],
    }
    for smoothing in (None, 0.9, 0.99):
        run, predictions = regression(linear_model.BayesianLinearRegression(smoothing=smoothing), rows)
        precise, run["exact"] = exact_bayesian(rows, smoothing)
        run["largestDifference"] = max(abs(p - q) for p, q in zip(predictions, precise))
        runs["bayesian" if smoothing is None else f"bayesian, smoothing {smoothing}"] = run
    run, predictions = regression(scaled(linear_model.BayesianLinearRegression()), rows)
    runs["scaled bayesian"] = run
    for mode in (0, 1, 2):
        for c in ((1.0,) if mode == 0 else (1.0, 0.01)):
            name = f"passive-aggressive, mode {mode}, C {c:g}"
            runs[name] = regression(scaled(linear_model.PARegressor(C=c, mode=mode)), rows)[0]
            model = linear_model.PARegressor(C=c, mode=mode)
            model.loss = IntendedLoss(model.eps)
            runs[name + ", intended"] = regression(scaled(model), rows)[0]
    return dict(described("trump", rows), runs=runs)


class IntendedLoss:
    def __init__(self, eps):
        self.eps = eps

    def __call__(self, y_true, y_pred):
        return max(abs(y_pred - y_true) - self.eps, 0)


def chick():
    rows = stream("chick")
    only_time = [({"time": x["time"]}, y) for x, y in rows]
    return dict(described("chick", rows), runs={
        "linear": regression(scaled(LinearRegression()), rows)[0],
        "linear, time alone": regression(scaled(LinearRegression()), only_time)[0]})


def delayed(rows, delay):
    """Labels that are learned `delay` rows late: the label of row i is learned just before row i + delay is predicted."""
    model, predictions, learned = scaled(LogisticRegression(optim.SGD(.1))), [], []
    measures = dict(accuracy=metrics.Accuracy(), f1=metrics.F1(), logLoss=metrics.LogLoss())
    for index, (x, _) in enumerate(rows):
        if index >= max(delay, 1):
            model.learn_one(*rows[index - max(delay, 1)])
        learned.append(max(index - max(delay, 1) + 1, 0))
        guess, probabilities = model.predict_one(x), model.predict_proba_one(x)
        predictions.append(probabilities[True])
        for measure in measures.values():
            measure.update(rows[index][1], guess if measure.requires_labels else probabilities)
    for x, y in rows[len(rows) - max(delay, 1):]:
        model.learn_one(x, y)
    river_model, river_accuracy = scaled(LogisticRegression(optim.SGD(.1))), metrics.Accuracy()
    evaluate.progressive_val_score(rows, river_model, river_accuracy, delay=delay)
    river_loss = evaluate.progressive_val_score(rows, scaled(LogisticRegression(optim.SGD(.1))), metrics.LogLoss(),
                                                delay=delay)
    assert river_accuracy.get() == measures["accuracy"].get()
    assert abs(river_loss.get() - measures["logLoss"].get()) < 1e-14
    final = parameters(model, rows[0][0])
    assert final == parameters(river_model, rows[0][0])
    return dict(metrics=values_of(measures), rowsLearnedBefore=learned[:FIRST], predictions=ends(predictions), final=final)


def phishing():
    rows = stream("phishing")
    runs = {f"logistic, {name}": binary(scaled(LogisticRegression(copy.deepcopy(optimizer))), rows)
            for name, optimizer in OPTIMIZERS.items()}
    runs["logistic, sgd, l2 0.01"] = binary(scaled(LogisticRegression(optim.SGD(.1), l2=.01)), rows)
    runs["perceptron"] = binary(scaled(linear_model.Perceptron()), rows)
    runs["alma"] = binary(scaled(linear_model.ALMAClassifier()), rows)
    for mode in (0, 1, 2):
        for c in ((1.0,) if mode == 0 else (1.0, 0.01)):
            model = scaled(linear_model.PAClassifier(C=c, mode=mode))
            runs[f"passive-aggressive, mode {mode}, C {c:g}"] = binary(model, rows)
    return dict(described("phishing", rows), runs=runs,
                delayed={str(delay): delayed(rows, delay) for delay in (0, 1, 2, 20, 100)})


def segments():
    rows = stream("segments")
    measures = lambda: dict(accuracy=metrics.Accuracy(), macroF1=metrics.MacroF1(), crossEntropy=metrics.CrossEntropy())
    known = linear_model.SoftmaxRegression()
    for label in range(7):
        known.weights[label].update(dict.fromkeys(rows[0][0], 0.0))
    return dict(described("segments", rows), classes=["brickface", "cement", "foliage", "grass", "path", "sky", "window"],
                runs={
        "softmax": prequential(scaled(linear_model.SoftmaxRegression()), rows, measures(), "macroF1")[0],
        "softmax, sgd 0.1": prequential(
            scaled(linear_model.SoftmaxRegression(optim.SGD(.1))), rows, measures(), "macroF1")[0],
        "softmax, known-classes": prequential(scaled(known), rows, measures(), "macroF1")[0]})


def electricity():
    rows = stream("electricity")
    checkpoints = (50, 1000, 5000, 17424, 17425, 30000)
    ups = sum(y for _, y in rows)
    same = sum(y == z for (_, y), (_, z) in zip(rows, rows[1:]))
    models = {"sgd 0.1": optim.SGD(.1), "sgd 0.01": optim.SGD(.01), "adam 0.01": optim.Adam(.01)}
    runs = {f"logistic, {name}": binary(scaled(LogisticRegression(optimizer)), rows, checkpoints)
            for name, optimizer in models.items()}
    for name, model in dict(prior=dummy.PriorClassifier(), noChange=dummy.NoChangeClassifier()).items():
        measure = metrics.Accuracy()
        evaluate.progressive_val_score(rows, model, measure)
        runs[name] = dict(metrics=dict(accuracy=measure.get()), scored=int(measure.cm.n_samples))
    return dict(described("electricity", rows), up=int(ups), majority=1 - ups / len(rows), sameAsLast=int(same),
                persistence=same / (len(rows) - 1), runs=runs)


def main():
    assert river.__version__ == "0.26.1"
    for name, make in dict(trump=trump, chick=chick, phishing=phishing, segments=segments, electricity=electricity).items():
        write(f"online/{name}.json", make(), 300_000)


if __name__ == "__main__":
    main()
