"""Methods that train the norms on the predictions of single batches: RPL, SHOT-IM, pseudo-labels, ETA and EATA."""

import math
from types import SimpleNamespace

import torch
from torch import nn

from published.benchmark import configuration, load_method
from published.fixture import ADAM, FAST_ADAM, SGD, Fixture, Outcome, final_norms, optimizer
from published.loading import ON_CPU, ONE_DIMENSIONAL, lines_between, load, stand_in
from published.problem import CLASSES
from published.repositories import BENCHMARK, EATA, T3A


def robust_pseudo_labels(problem, folder, q=0.8, **settings):
    published = load_method(folder, "rpl")
    model = problem.model()
    method = published.RPL(configuration(settings, RPL=SimpleNamespace(Q=q)), model, CLASSES)
    return Outcome(problem.run(method), final_norms(model))


class Algorithm(nn.Module):
    """As far as the classes of T3A read the base class of its framework."""

    def __init__(self, input_shape, num_classes, num_domains, hparams):
        super().__init__()
        self.hparams = hparams


def load_t3a(folder, changes=()):
    base = stand_in("domainbed.algorithms", Algorithm=Algorithm)
    path = folder / "domainbed" / "adapt_algorithms.py"
    return load(path, "adapt_algorithms", changes, [stand_in("domainbed"), base])


class Split(Algorithm):
    """A trained algorithm in T3A's sense: a featurizer and a classifier, with the learning rate in its parameters."""

    def __init__(self, problem, parameters):
        super().__init__(None, CLASSES, 1, parameters)
        self.featurizer, self.classifier = problem.parts()

    def forward(self, x):
        return self.classifier(self.featurizer(x))


def of_t3a(problem, folder, method, statistics="source", beta=0.9, theta=0.1, learningRate=1e-3, weightDecay=0.0):
    # SHOT's own script trains with batch statistics; T3A's adapts with the source's.
    changes = [("self.model.featurizer.eval()", "self.model.featurizer.train()")] if statistics == "batch" else []
    published = load_t3a(folder, changes)
    parameters = dict(
        alpha=1.0, beta=beta, theta=theta, gamma=1, cached_loader=False, lr=learningRate, weight_decay=weightDecay)
    source = Split(problem, parameters)
    algorithm = getattr(published, method)(None, CLASSES, 1, parameters, source)
    answers = problem.run(lambda x: algorithm(x, adapt=True))
    state = algorithm.model.state_dict()
    # Biases of layers ahead of a norm have no gradient but rounding with batch statistics: Adam moves them at random.
    stated = {"featurizer.0.weight": "0.weight", "featurizer.3.weight": "3.weight",
              "classifier.weight": "6.weight", "classifier.bias": "6.bias"}
    return Outcome(answers, {
        **final_norms(algorithm.model), **{new: state[old].detach().clone() for old, new in stated.items()}})


def eata(problem, folder, fisherAlpha=None, marginShare=0.4, d=0.5, resetBefore=None, clearsProbabilities=False,
         **settings):
    published = load(folder / "eata.py", "eata", [ONE_DIMENSIONAL])
    model = published.configure_model(problem.model())
    parameters, _ = published.collect_params(model)
    fishers = None
    if fisherAlpha is not None:
        rows = [(x, torch.zeros(len(x), dtype=torch.int64)) for x in problem.source.split(32)]
        names = dict(
            subnet=model, params=parameters, fisher_loader=rows, torch=torch, nn=nn, args=SimpleNamespace(gpu=None))
        exec(lines_between(
            folder / "main.py", "ewc_optimizer = torch.optim.SGD", 'logger.info("compute fisher', [ON_CPU]), names)
        fishers = names["fishers"]
    method = published.EATA(
        model, optimizer(parameters, settings), fishers, fisherAlpha or 0.0, e_margin=marginShare * math.log(CLASSES),
        d_margin=d)
    used, probabilities = [], []

    def before(index):
        if index:
            used.append([method.num_samples_update_1, method.num_samples_update_2])
            probabilities.append(method.current_model_probs)
        if index == resetBefore:
            method.reset()
            if clearsProbabilities:  # what reset() leaves out
                method.reset_model_probs(None)

    answers = problem.run(method, before)
    before(len(problem.batches))
    trace = dict(reliableThenKept=used, probabilities=probabilities)
    if fishers:
        trace["fisher"] = {name: value[0] for name, value in fishers.items()}
    return Outcome(answers, final_norms(model), trace, dict(kept=used[-1]))


BATCHED = "batch statistics (biased variance, epsilon 1e-5) in every forward; trained: gamma and beta of both norms"
BEFORE = "returned: logits of the forward whose gradient the step used"
SELECTION = [
    BATCHED, BEFORE,
    "E0 = marginShare * ln 5; reliable: entropy < E0, strictly",
    "kept: reliable and |cosine(q, softmax)| < d, with q from before this batch (cosine clamps each norm at 1e-8); all"
    " reliable rows while q is not set",
    "q = mean softmax of the kept rows, later .9 q + .1 of it; unchanged if none is kept; no gradient",
    "loss: mean over the kept rows of entropy * exp(E0 - detached entropy)",
    "no step (optimizer state unchanged) if no row is kept"]

FIXTURES = [
    Fixture(
        "rpl", BENCHMARK, ["classification/methods/rpl.py", "classification/methods/base.py",
                           "classification/utils/losses.py"], [
            BATCHED, BEFORE, "loss: mean over all rows of (1 - p_y^q) / q, y = argmax of the same logits (first of"
            " equals); gradient through p_y; no detach"],
        dict(adam=dict(ADAM, q=0.8), fastAdam=dict(FAST_ADAM, q=0.8), sgdHalf=dict(SGD, q=0.5)), robust_pseudo_labels),
    Fixture(
        "shot", T3A, ["domainbed/adapt_algorithms.py"], [
            "method SHOTIM: loss = mean entropy + sum over classes of m ln(m + 1e-5), m = mean softmax of the batch"
            " (gradient flows through m)",
            "method SHOT: the same + theta * mean cross-entropy with argmax over rows with max softmax > beta"
            " (where there is none the loss is NaN, but the gradient is that of the rest; every batch here has one)",
            "trained: all parameters of layers 0 to 5 (weights, biases, gamma, beta) with Adam; layer 6 is frozen",
            "statistics source: the published mode, stored statistics in the adapting forward; statistics batch: one"
            " word changed, biased batch variance as in SHOT's own script",
            BEFORE,
            "with batch statistics the biases of layers 0 and 3 have a zero gradient and are not in `final`",
            "method PseudoLabel: mean cross-entropy with argmax over rows with max softmax > beta; trained: all"
            " parameters, also of layer 6"],
        dict(informationMaximization=dict(method="SHOTIM"),
             informationMaximizationFast=dict(method="SHOTIM", learningRate=3e-3),
             informationMaximizationBatch=dict(method="SHOTIM", statistics="batch", learningRate=3e-3),
             withPseudoLabels=dict(method="SHOT", beta=0.9, theta=0.3, learningRate=3e-3),
             pseudoLabels=dict(method="PseudoLabel", beta=0.9, learningRate=3e-3)), of_t3a),
    Fixture(
        "eta", EATA, ["eata.py"], [
            *SELECTION, "reset, as published, restores weights and optimizer but keeps q; resetCleared clears q too"],
        dict(adam=dict(ADAM, d=0.5), fastAdam=dict(FAST_ADAM, d=0.5), sgd=dict(SGD, d=0.4),
             tightSgd=dict(SGD, d=0.25, marginShare=0.2),
             resetAsPublished=dict(FAST_ADAM, d=0.5, resetBefore=5),
             resetCleared=dict(FAST_ADAM, d=0.5, resetBefore=5, clearsProbabilities=True)), eata),
    Fixture(
        "eata", EATA, ["eata.py", "main.py"], [
            *SELECTION,
            "+ fisherAlpha * sum F (phi - phi0)^2, no factor 1/2; phi0 the source gamma and beta",
            "F: source rows of common.safetensors in their order, 5 batches of 32, batch statistics, cross-entropy with"
            " argmax of the logits, mean over the batch; F = mean over batches of the squared gradient"
            " (`trace.fisher`)",
            "the penalty is part of the loss of each step; its gradient alone never makes one"],
        dict(adam=dict(FAST_ADAM, d=0.5, fisherAlpha=2000.0), light=dict(FAST_ADAM, d=0.5, fisherAlpha=20.0),
             sgd=dict(optimizer="sgd", learningRate=1e-2, momentum=0.9, d=0.5, fisherAlpha=50.0)), eata),
]
