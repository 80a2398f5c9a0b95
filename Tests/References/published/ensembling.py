"""ROID and CMF: weighted soft likelihood ratio, and weights drawn back to those of the source."""

from types import SimpleNamespace

from published.benchmark import configuration, load_method
from published.fixture import ADAM, FAST_ADAM, SGD, Fixture, Outcome, final_norms
from published.loading import ON_CPU
from published.problem import CLASSES
from published.repositories import BENCHMARK


def section(weighting, consistency, prior, momentum):
    return SimpleNamespace(
        USE_WEIGHTING=weighting, USE_PRIOR_CORRECTION=prior, USE_CONSISTENCY=consistency is not None,
        MOMENTUM_SRC=momentum, MOMENTUM_PROBS=0.9, TEMPERATURE=1 / 3)


def views(problem, consistency):
    return problem.added_noise(view=0) if consistency == "noise" else (lambda rows: rows)


def roid(problem, folder, weighting=True, consistency=None, prior=True, momentumSource=0.99, **settings):
    published = load_method(folder, "roid", augmentation=views(problem, consistency))
    sections = dict(ROID=section(weighting, consistency, prior, momentumSource))
    method = published.ROID(configuration(settings, **sections), problem.model(), CLASSES)
    averages = []

    def adapt(x):
        logits = method(x)
        averages.append(method.class_probs_ema)
        return logits

    answers = problem.run(adapt)
    return Outcome(answers, final_norms(method.model), dict(probabilities=averages))


def cmf(problem, folder, consistency=None, q=0.005, alpha=0.99, gamma=0.99, kind="lp", **settings):
    published = load_method(folder, "cmf", [ON_CPU], views(problem, consistency))
    sections = dict(
        ROID=section(True, consistency, True, 1.0),
        CMF=SimpleNamespace(ALPHA=alpha, GAMMA=gamma, TYPE=kind, Q=q))
    method = published.CMF(configuration(settings, **sections), problem.model(), CLASSES)
    gains, variances = [], []

    def adapt(x):
        logits = method(x)
        gains.append(float(method.beta))
        variances.append(float(method.hidden_var))
        return logits

    answers = problem.run(adapt)
    hidden = {f"hidden.{key}": value for key, value in final_norms(method.hidden_model).items() if "running" not in key}
    return Outcome(answers, final_norms(method.model) | hidden, dict(beta=gains, hiddenVariance=variances),
                   dict(scaledQ=method.q))


COMMON = [
    "batch statistics (biased variance, epsilon 1e-5); trained: gamma and beta of both norms",
    "diversity: 1 - cosine(q, softmax), q starts uniform, to [0, 1] by min and max of the batch; rows below its mean"
    " are"
    " dropped (strictly); certainty: -entropy to [0, 1] likewise over all rows; weight exp(diversity * certainty /"
    " (1/3)), no gradient",
    "q <- .9 q + .1 mean softmax over all rows, after the weights were computed",
    "loss: sum over kept rows of weight * -sum_c p ln(p / (1 - p) + 1e-5), p clamped to [0, .99] (no gradient where"
    " clamped), / 16 (the configured batch size, not the kept rows)",
    "consistency: + sum over kept rows of weight * (.5 * -sum softmax(z) log_softmax(z') + .5 * -sum softmax(z')"
    " log_softmax(z)) / 16; z' from a second forward of the kept rows alone, with *their* batch statistics and"
    " noise[t, 0,"
    " i] added to row i, or nothing; the gradient flows through both z and z'",
    "after the step, on the returned logits only: r = mean softmax; s = max(1/16, 1/5) / max r; logits * (r + s) /"
    " (1 + 5 s)",
    "final running statistics moved (momentum .1) at each forward and are never read"]

FIXTURES = [
    Fixture(
        "roid", BENCHMARK, ["classification/methods/roid.py", "classification/utils/losses.py",
                            "classification/utils/misc.py"], [
            *COMMON, "after the step: phi = momentumSource * phi + (1 - momentumSource) * phi0; the optimizer's state"
            " stays", "without weighting all rows count 1 and q stays (as published only without consistency)"],
        dict(adam=dict(ADAM), fastAdam=dict(FAST_ADAM), sgd=dict(SGD), noPriorCorrection=dict(FAST_ADAM, prior=False),
             noWeighting=dict(FAST_ADAM, weighting=False), strongSource=dict(FAST_ADAM, momentumSource=0.8),
             consistencyIdentity=dict(FAST_ADAM, consistency="identity"),
             consistencyNoise=dict(FAST_ADAM, consistency="noise")), roid),
    Fixture(
        "cmf", BENCHMARK, ["classification/methods/cmf.py", "classification/utils/losses.py",
                           "classification/utils/misc.py"], [
            *COMMON,
            "after the step: hidden = alpha hidden + (1 - alpha) source; v = alpha^2 v + Q (v starts 0); beta = (1 -"
            " Q) /"
            " (v + 1 - Q), at least .89, 1 from .9999 on; v = beta v; hidden = beta hidden + (1 - beta) model; model ="
            " gamma model + (1 - gamma) hidden",
            "Q = q * 56 / 38400 (56 trained numbers): as published beta is 1 throughout and hidden stays the source",
            "type op gives the same as lp: both names are of one network that is changed in place"],
        dict(asPublished=dict(FAST_ADAM), scaled=dict(FAST_ADAM, q=20.0),
             largest=dict(FAST_ADAM, q=200.0, gamma=0.9),
             consistencyNoise=dict(FAST_ADAM, q=20.0, alpha=0.9, gamma=0.9, consistency="noise")), cmf),
]
