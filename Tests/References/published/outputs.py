"""Methods that change the output only: LAME and T3A."""

from types import SimpleNamespace

import torch
from torch import nn

from published.benchmark import configuration, load_method
from published.entropy import Split, load_t3a
from published.fixture import Fixture, Outcome
from published.problem import CLASSES
from published.repositories import BENCHMARK, T3A


def lame(problem, folder, affinity, neighbors=5, symmetric=False):
    def split(model, *_):
        return nn.Sequential(*list(model.children())[:6]), model[6]

    published = load_method(folder, "lame", split=split)
    sections = SimpleNamespace(AFFINITY=affinity, SIGMA=1.0, KNN=neighbors, FORCE_SYMMETRY=symmetric)
    method = published.LAME(configuration({}, LAME=sections), problem.model(), CLASSES)
    iterations = []
    original = published.entropy_energy

    def energy(*arguments):
        iterations[-1] += 1
        return original(*arguments)

    published.entropy_energy = energy
    with torch.no_grad():
        answers = problem.run(method, lambda _: iterations.append(0))
    return Outcome(answers, facts=dict(iterations=iterations))


def t3a(problem, folder, supports, repaired=False):
    # As published, -1 is meant as all supports but slices off the one of highest entropy, at each call.
    changes = [("[:filter_K]", "[:None if filter_K == -1 else filter_K]")] if repaired else []
    changes.append((".float()", ".to(torch.get_default_dtype())"))  # for the check in float64
    published = load_t3a(folder, changes)
    parameters = dict(filter_K=supports, cached_loader=False)
    method = published.T3A(None, CLASSES, 1, parameters, Split(problem, parameters).eval())
    kept, entropies = [], []

    def adapt(x):
        logits = method(x, adapt=True)
        kept.append(method.labels.sum(0).int().tolist())
        entropies.append(method.ent)
        return logits

    with torch.no_grad():
        return Outcome(problem.run(adapt), trace=dict(supportsPerClass=kept), facts=dict(last=kept[-1]))


FIXTURES = [
    Fixture(
        "lame", BENCHMARK, ["classification/methods/lame.py"], [
            "evaluation mode: source statistics; features: the 12 activations ahead of layer 6, each row divided by"
            " max(norm, 1e-12)",
            "distances: Euclidean between these rows",
            "kNN: ones at the k + 1 nearest without the first of the sorted ones (the row itself), not symmetric;"
            " symmetric: (K + K') / 2",
            "rbf: sigma = mean over rows of the k-th smallest distance, the row itself being the first; K = exp(-D^2 /"
            " (2 sigma^2)), diagonal 1",
            "linear: inner products, diagonal included",
            "unary = -ln(p + 1e-10); Y starts as softmax(-unary); then Y = softmax(-unary + K Y), at most 100 times,"
            " until from the third round on |E - E_before| <= 1e-8 |E_before|, E = sum(unary Y - (K Y_before) Y + Y"
            " ln max(Y, 1e-20)) with the pairwise term of the round's *previous* Y",
            "E in float32 decides the number of rounds (`facts.iterations`), so that another order of summation stops"
            " elsewhere: no matter where the rounds contract fast, but linear needs a tolerance of 1e-3",
            "returned: Y, probabilities",
            "fiveai/LAME d2e5f63 (CC BY-NC-SA 4.0) has the same affinities and iteration"],
        dict(kNN=dict(affinity="kNN"), kNNSymmetric=dict(affinity="kNN", symmetric=True),
             kNN3=dict(affinity="kNN", neighbors=3), rbf=dict(affinity="rbf"), linear=dict(affinity="linear")), lame,
        answer="probabilities", rounding={"linear": 5e-4}),
    Fixture(
        "t3a", T3A, ["domainbed/adapt_algorithms.py"], [
            "evaluation mode: source statistics; features: the 12 activations ahead of layer 6",
            "supports start as the rows of layer 6's weight, labeled and scored by weight * weight' + bias",
            "per batch: append features, argmax and entropy of the logits (bias included); then per class keep the"
            " `supports` of lowest entropy; what is dropped is gone",
            "supports are divided by max(norm, 1e-12); a class's prototype: their sum divided by max(norm, 1e-12)",
            "returned: features times prototypes, no bias; a class without supports gets 0",
            "allAsPublished: -1 drops each class's highest entropy at each call; allRepaired: keeps all"],
        dict(five=dict(supports=5), one=dict(supports=1), twenty=dict(supports=20), allAsPublished=dict(supports=-1),
             allRepaired=dict(supports=-1, repaired=True)), t3a),
]
