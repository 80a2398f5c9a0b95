"""MC dropout (Gal & Ghahramani 2016) with stored masks: Tests/Fixtures/mc-dropout/mlp.json.

    python Tests/References/make_mc_dropout_fixtures.py --published FOLDER      (numpy, scipy, torch 2.15)

FOLDER holds a checkout of yaringal/DropoutUncertaintyExps (CC BY-NC 4.0), named DropoutUncertaintyExps, at the commit
in published/repositories.py (checked). Its class net is run as it is with a stand-in for Keras that notes what the
constructor asks for and whose model predicts with the stored masks in turn: predict() makes one pass and then 10,000,
which are the 8 stored ones 1,250 times, so its results are those of T = 8. The loss and the step of one training
minibatch are restated here in float64 (Keras itself is not run). Inputs, weights and masks are exact in float32.

Layout: trainInputs [40][5] (one constant column), trainTargets [40]; testInputs [12][5], testTargets [12]; settings;
standardization {inputMean, inputScale [5], targetMean, targetScale}; weights {hidden [10][5], hiddenBias [10], output
[1][10], outputBias [1]}; masks {inputs [8][12][5], hidden [8][12][10]} (1 = kept); passes [8][12] on the targets'
scale; mean, spread (variance over passes, divided by 8), variance (spread + 1 / tau), logLikelihoods [12]; singleRmse
(of the first pass), rmse, logLikelihood; training {batch rows, masks, data loss, penalty, gradients, weights after one
step of Adam as Keras writes it}; constants of the published code.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from scipy import special

from fixture_json import write
from published import repositories
from published.loading import load, stand_in
from published.repositories import DROPOUT_UNCERTAINTY
from rounded import rounded, single

RATE, TAU, PASSES, HIDDEN = 0.1, 0.5, 8, 10


class Asked:
    """What the constructor of the published network asks Keras for."""

    def __init__(self):
        self.layers, self.compiled, self.fitted = [], None, None

    def modules(self):
        asked = self

        class Model:
            def __init__(self, inputs, outputs):
                pass

            def compile(self, **settings):
                asked.compiled = settings

            def fit(self, inputs, targets, **settings):
                asked.fitted = settings
                asked.inputs, asked.targets = inputs, targets

        def layer(kind):
            def make(size, **settings):
                def call(inputs, **calling):
                    asked.layers.append([kind, size, settings, calling])
                return call
            return make

        return [
            stand_in("keras", Input=lambda shape: None, Model=Model),
            stand_in("keras.regularizers", l2=lambda strength: strength),
            stand_in("keras.layers", Dropout=layer("Dropout"), Dense=layer("Dense")),
            stand_in("scipy.misc", logsumexp=special.logsumexp)]


class Stored:
    """A model that predicts with the stored masks in turn; the first call is the first pass once more."""

    def __init__(self, weights, masks):
        self.weights, self.masks, self.calls = weights, masks, 0

    def predict(self, inputs, **settings):
        index = max(self.calls - 1, 0) % PASSES
        self.calls += 1
        return forward(inputs, self.weights, self.masks["inputs"][index], self.masks["hidden"][index])


def forward(inputs, weights, input_mask, hidden_mask):
    scale = 1 / (1 - RATE)
    hidden = (inputs * input_mask * scale) @ weights["hidden"].T + weights["hiddenBias"]
    hidden = hidden * (hidden > 0)
    return (hidden * hidden_mask * scale) @ weights["output"].T + weights["outputBias"]


def training_step(weights, inputs, targets, masks, penalty):
    """MSE + penalty * sum of squared weights (biases free), and one step of Keras' Adam."""
    own = {name: torch.tensor(value, requires_grad=True) for name, value in weights.items()}
    x, y = torch.tensor(inputs), torch.tensor(targets)
    found = forward(x, own, torch.tensor(masks["inputs"]), torch.tensor(masks["hidden"]))
    data = ((found - y) ** 2).mean()
    extra = penalty * ((own["hidden"] ** 2).sum() + (own["output"] ** 2).sum())
    (data + extra).backward()
    after, rate, b1, b2, eps = {}, 1e-3, .9, .999, 1e-7
    for name, value in own.items():
        m, v = (1 - b1) * value.grad, (1 - b2) * value.grad ** 2
        after[name] = (value - rate * np.sqrt(1 - b2) / (1 - b1) * m / (v.sqrt() + eps)).detach()
    return data.detach(), extra.detach(), {name: value.grad for name, value in own.items()}, after


def published_constants(folder):
    found = {}
    for data in sorted((folder / "UCI_Datasets").iterdir()):
        read = lambda name: np.loadtxt(data / "data" / name).tolist()
        if (data / "data" / "tau_values.txt").exists():
            found[data.name] = dict(
                dropoutRates=read("dropout_rates.txt"), tau=read("tau_values.txt"), epochs=read("n_epochs.txt"),
                hidden=read("n_hidden.txt"), splits=read("n_splits.txt"))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True)
    arguments = parser.parse_args()
    repositories.check(DROPOUT_UNCERTAINTY, arguments.published)
    folder = arguments.published / DROPOUT_UNCERTAINTY.folder
    random = np.random.default_rng(30)
    x = random.normal(size=(52, 5)) * [1, 3, .5, 2, 0] + [0, 10, -1, 4, 7]
    x, y = single(x), single(3 * np.sin(x[:, 0]) + x[:, 1] - x[:, 3] + .8 * random.normal(size=52) + 20)
    x_train, y_train, x_test, y_test = x[:40], y[:40], x[40:], y[40:]
    weights = dict(
        hidden=single(random.normal(size=(HIDDEN, 5)) * .6), hiddenBias=single(random.normal(size=HIDDEN) * .2),
        output=single(random.normal(size=(1, HIDDEN)) * .4), outputBias=single(random.normal(size=1) * .1))
    masks = dict(inputs=(random.random((PASSES, 12, 5)) >= RATE).astype(float),
                 hidden=(random.random((PASSES, 12, HIDDEN)) >= RATE).astype(float))

    asked = Asked()
    module = load(folder / "net" / "net.py", "net", imports=asked.modules())
    network = module.net(x_train, y_train, [HIDDEN], n_epochs=40, normalize=True, tau=TAU, dropout=RATE)
    penalty = 1e-4 * (1 - RATE) / (2 * 40 * TAU)
    (_, input_rate, _, always), (_, _, hidden_settings, _), _, (_, outputs, output_settings, _) = asked.layers
    assert [each[0] for each in asked.layers] == ["Dropout", "Dense", "Dropout", "Dense"]
    assert hidden_settings == dict(activation="relu", W_regularizer=penalty) and always == dict(training=True)
    assert output_settings == dict(W_regularizer=penalty) and outputs == 1 and input_rate == RATE
    network.model = Stored(weights, masks)
    single_rmse, rmse, likelihood = network.predict(x_test, y_test)

    standard = (x_test - network.mean_X_train) / network.std_X_train
    passes = np.stack([
        forward(standard, weights, masks["inputs"][t], masks["hidden"][t])[:, 0] for t in range(PASSES)])
    passes = passes * network.std_y_train + network.mean_y_train
    likelihoods = (special.logsumexp(-TAU / 2 * (y_test - passes) ** 2, axis=0) - np.log(PASSES)
                   - .5 * np.log(2 * np.pi) + .5 * np.log(TAU))
    assert np.allclose([single_rmse, rmse, likelihood], [
        np.sqrt(((y_test - passes[0]) ** 2).mean()), np.sqrt(((y_test - passes.mean(0)) ** 2).mean()),
        likelihoods.mean()], rtol=1e-10)
    print("rmse", single_rmse, rmse, "ll", likelihood)

    rows = random.choice(40, 16, replace=False)
    train_masks = dict(inputs=(random.random((16, 5)) >= RATE).astype(float),
                       hidden=(random.random((16, HIDDEN)) >= RATE).astype(float))
    strong = 0.01  # the published strength is too weak for a test to see
    steps = {}
    for name, strength in (("published", penalty), ("strong", strong)):
        data, extra, gradients, after = training_step(
            weights, asked.inputs[rows], asked.targets[rows], train_masks, strength)
        print(name, float(data), float(extra))
        steps[name] = dict(strength=rounded(strength), dataLoss=rounded(float(data)), penalty=rounded(float(extra)),
                           gradients=rounded(gradients), weights=rounded(after))
    write("mc-dropout/mlp.json", dict(
        repository=DROPOUT_UNCERTAINTY.name, commit=DROPOUT_UNCERTAINTY.commit, license=DROPOUT_UNCERTAINTY.license,
        conventions=[
            "inputs and targets standardized with the training part's mean and deviation (divided by n); a deviation of"
            " 0 becomes 1 for inputs",
            "kept entries are multiplied by 1 / (1 - rate); the same rate on inputs and hidden units, the output is"
            " never dropped; rows have masks of their own",
            "passes are put back on the targets' scale first: mean, spread and the likelihood are on that scale, and so"
            " is tau",
            "logLikelihoods = logsumexp over passes of -tau / 2 (y - pass)^2, - ln T - .5 ln(2 pi) + .5 ln tau",
            "the published code gives no variance; variance here is spread + 1 / tau",
            "training loss: mean squared error of the standardized target + strength * sum of squared weights of both"
            " layers, no biases; strength = lengthscale^2 (1 - rate) / (2 n tau), lengthscale .01, n training rows,"
            " tau on the targets' scale",
            "Keras' Adam: weights -= 1e-3 sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + 1e-7): epsilon is added before the"
            " correction of v, unlike PyTorch"],
        settings=dict(rate=RATE, tau=TAU, passes=PASSES, hidden=HIDDEN, strength=rounded(penalty)),
        constants=dict(
            batch=asked.fitted["batch_size"], loss=asked.compiled["loss"], optimizer=asked.compiled["optimizer"],
            lengthscale=1e-2, testPasses=10_000, validationShare=.2, defaultHiddenLayers=2,
            defaultEpochMultiplier=500, dataSets=published_constants(folder)),
        trainInputs=rounded(x_train), trainTargets=rounded(y_train), testInputs=rounded(x_test),
        testTargets=rounded(y_test),
        standardization=rounded(dict(
            inputMean=network.mean_X_train, inputScale=network.std_X_train, targetMean=network.mean_y_train,
            targetScale=network.std_y_train)),
        weights=rounded(weights), masks=rounded(masks), passes=rounded(passes), mean=rounded(passes.mean(0)),
        spread=rounded(passes.var(0)), variance=rounded(passes.var(0) + 1 / TAU), logLikelihoods=rounded(likelihoods),
        singleRmse=rounded(single_rmse), rmse=rounded(rmse), logLikelihood=rounded(likelihood),
        training=dict(rows=rows.tolist(), masks=rounded(train_masks), steps=steps)), limit_bytes=100_000)


if __name__ == "__main__":
    main()
