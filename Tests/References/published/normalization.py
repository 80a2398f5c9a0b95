"""Tent, and the methods that change nothing but the statistics of batch norm."""

import torch
from torch import nn

from published.fixture import ADAM, FAST_ADAM, SGD, Fixture, Outcome, final_norms, optimizer
from published.loading import ONE_DIMENSIONAL, load
from published.repositories import BENCHMARK, ROBUSTNESS, TENT


def tent(problem, folder, steps=1, episodic=False, **settings):
    published = load(folder / "tent.py", "tent", [ONE_DIMENSIONAL])
    model = published.configure_model(problem.model())
    parameters, _ = published.collect_params(model)
    published.check_model(model)
    method = published.Tent(model, optimizer(parameters, settings), steps=steps, episodic=episodic)
    return Outcome(problem.run(method), final_norms(model))


def batch(problem, folder):
    published = load(folder / "norm.py", "norm", [ONE_DIMENSIONAL])
    method = published.Norm(problem.model())
    return Outcome(problem.run(method), final_norms(method))


def statistics(module):
    """The running statistics of the layers that a wrapper holds."""
    return final_norms(nn.ModuleList([m for m in module.modules() if isinstance(m, nn.BatchNorm1d) and m.affine]))


def source_prior(problem, folder, **settings):
    published = load(folder / "robusta" / "batchnorm" / "bn.py", "bn", [ONE_DIMENSIONAL])
    if "prior" in settings:
        model = published.adapt_bayesian(problem.model(), settings["prior"])
    elif settings.get("cumulative"):
        model = published.adapt_ema(problem.model())
    else:
        model = published.adapt_parts(problem.model(), settings["mean"], settings["variance"])
    return Outcome(problem.run(model), statistics(model) if settings.get("cumulative") else {})


def benchmark(problem, folder, **settings):
    # classification/methods/bn.py says "nn.BatchNorm2d" where it looks for layers and where it makes one.
    published = load(folder / "classification" / "methods" / "bn.py", "bn", [ONE_DIMENSIONAL])
    if "alpha" in settings:
        model = published.AlphaBatchNorm.adapt_model(problem.model(), alpha=settings["alpha"])
    else:
        model = problem.model()
        for layer in (model[1], model[4]):
            layer.momentum = settings["momentum"]
        model = published.EMABatchNorm.adapt_model(model)
    with torch.no_grad():
        return Outcome(problem.run(model), statistics(model) if "momentum" in settings else {})


FIXTURES = [
    Fixture(
        "tent", TENT, ["tent.py"], [
            "batch statistics, biased variance, epsilon 1e-5, in every forward; nothing is carried over",
            "loss: mean over rows of the entropy -sum softmax log_softmax (nats), no clamp",
            "trained: gamma and beta of both norms; Adam betas .9 .999 epsilon 1e-8 with bias correction, or SGD with"
            " momentum (buffer starts as the first gradient, no dampening)",
            "returned: logits of the forward that the step's gradient came from; with steps 2 those after one step",
            "episodic: weights and optimizer state restored before each batch"],
        dict(adam=ADAM, fastAdam=FAST_ADAM, sgd=SGD, twoSteps=dict(FAST_ADAM, steps=2),
             episodicTwoSteps=dict(FAST_ADAM, steps=2, episodic=True)), tent),
    Fixture(
        "batch-statistics", TENT, ["norm.py"], [
            "batch mean and biased variance normalize; epsilon 1e-5",
            "running statistics also move (momentum .1, unbiased variance) but are never read: `final` has them"],
        dict(batch={}), batch),
    Fixture(
        "source-prior", ROBUSTNESS, ["robusta/batchnorm/bn.py"], [
            "prior p: per layer p * source + (1 - p) * batch for mean and variance, in one pass; N source rows: p ="
            " N / (N + n), so .5 is N = 16 at n = 16",
            "the batch variance is the unbiased one (n - 1), as it comes from a momentum-1 running variance",
            "parts: mean and/or variance from the batch (variance unbiased here too); with variance false, the"
            " source's",
            "parts, as published: where mean or variance is true, the estimate of the batch (start 0 and 1, momentum"
            " 1)",
            "cumulative: per layer in one pass, running <- running + (batch - running) / t, unbiased variance, source"
            " statistics erased; normalized with the updated running statistics"],
        dict(prior16=dict(prior=0.5), prior48=dict(prior=0.75), meanOnly=dict(mean=True, variance=False),
             both=dict(mean=True, variance=True), cumulative=dict(cumulative=True)), source_prior),
    Fixture(
        "moving-average", BENCHMARK, ["classification/methods/bn.py"], [
            "alpha: (1 - alpha) source + alpha batch per layer in one pass, unbiased batch variance",
            "ema: two forwards. First in training mode: running <- (1 - m) running + m batch (unbiased variance), while"
            " deeper layers see activations normalized with *batch* statistics (biased variance). Then in evaluation"
            " mode, all layers with their updated running statistics; these logits are returned"],
        dict(alpha10=dict(alpha=0.1), alpha50=dict(alpha=0.5), ema10=dict(momentum=0.1), ema30=dict(momentum=0.3)),
        benchmark),
]
