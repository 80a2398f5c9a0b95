"""DeYO, COME and conjugate pseudo-labels: other objectives and selections on single batches."""

import math
from types import SimpleNamespace

import torch
from torch import nn
from torch.nn import functional

from published.fixture import ADAM, FAST_ADAM, SGD, Fixture, Outcome, final_norms, optimizer
from published.loading import ONE_DIMENSIONAL, function_alone, load, stand_in
from published.problem import CLASSES
from published.repositories import COME, CONJUGATE, DEYO


def deyo(problem, folder, entropyShare=0.5, weightShare=0.4, threshold=0.2, weighsEntropy=1, weighsChange=1,
         skipsLastNorm=False, **settings):
    published = load(folder / "methods" / "deyo.py", "deyo", [
        ONE_DIMENSIONAL,
        # Its ways to destroy the shape are for images; its code runs none of them for the kind asked for below.
        ("x_prime = x_prime.detach()", "x_prime = destroy(x_prime.detach())"),
    ], [stand_in("torchvision"), stand_in("matplotlib"), stand_in("matplotlib.pyplot"),
        stand_in("einops", rearrange=None)])
    published.destroy = lambda rows: rows[:, problem.tensors["permutation"].long()]
    model = published.configure_model(problem.model(last_norm="layer4" if skipsLastNorm else None))
    parameters, _ = published.collect_params(model)
    arguments = SimpleNamespace(
        wandb_log=False, filter_ent=1, filter_plpd=1, plpd_threshold=threshold, reweight_ent=weighsEntropy,
        reweight_plpd=weighsChange, aug_type="stored")
    method = published.DeYO(
        model, arguments, optimizer(parameters, settings), deyo_margin=entropyShare * math.log(CLASSES),
        margin_e0=weightShare * math.log(CLASSES))
    counts = []

    def adapt(x):
        logits, reliable, kept = method(x, 0)
        counts.append([reliable, kept])
        return logits

    return Outcome(problem.run(adapt), final_norms(model), dict(reliableThenKept=counts))


def unknown_mass(mass):
    """The published loss has the mass of the unknown, 1000, as a literal."""
    return [("+ 1000)", f"+ {mass})"), ("= 1000 /", f"= {mass} /")]


def come(problem, folder, host, mass, marginShare=0.4, d=0.5, **settings):
    published = load(folder / f"{host}_come.py", host, [ONE_DIMENSIONAL, *unknown_mass(mass)])
    model = published.configure_model(problem.model())
    parameters, _ = published.collect_params(model)
    if host == "tent":
        method = published.Tent_COME(model, optimizer(parameters, settings), None)
        return Outcome(problem.run(method), final_norms(model))
    method = published.EATA_COME(
        model, optimizer(parameters, settings), e_margin=marginShare * math.log(CLASSES), d_margin=d)
    answers = problem.run(method)
    kept = [method.num_samples_update_1, method.num_samples_update_2]
    return Outcome(answers, final_norms(model), facts=dict(kept=kept))


def conjugate(problem, folder, objective, epsilon=0.0, temperature=1.0, **settings):
    tent = load(folder / "tent.py", "tent", [ONE_DIMENSIONAL])
    model = problem.model()
    sections = SimpleNamespace(
        OPTIM=SimpleNamespace(ADAPT=objective, TEMP=temperature), MODEL=SimpleNamespace(EPS=epsilon))
    run = function_alone(folder / "cifar_tta_test.py", "meta_test_adaptive", dict(
        torch=torch, F=functional, math=math, tent=tent, cfg=sections, device="cpu",
        setup_optimizer=lambda parameters: optimizer(parameters, settings), softmax_entropy=tent.softmax_entropy,
        copy_model_and_optimizer=tent.copy_model_and_optimizer))
    forwards = []
    model.register_forward_hook(lambda module, inputs, output: forwards.append(output.detach().clone()))
    rows = torch.cat(problem.batches)
    run(model, rows, torch.zeros(len(rows), dtype=torch.int64), len(problem.batches[0]), num_classes=CLASSES)
    return Outcome(forwards[1::2], final_norms(model), dict(before=forwards[0::2]))


BATCHED = "batch statistics (biased variance, epsilon 1e-5) in every forward; trained: gamma and beta of both norms"

FIXTURES = [
    Fixture(
        "deyo", DEYO, ["methods/deyo.py"], [
            BATCHED + ", or of the first only (skipsLastNorm)",
            "reliable: entropy < entropyShare * ln 5, strictly",
            "second forward, without gradient, of the reliable rows alone with their features permuted: x'[:, j] = x[:,"
            " permutation[j]] of common.safetensors; with *their* batch statistics (one row alone is an error of"
            " one-dimensional batch norm)",
            "change: p_y(x) - p_y(x'), y = argmax of p(x); kept: change > threshold, strictly",
            "loss: mean over the kept rows of entropy * (weighsEntropy * exp(weightShare * ln 5 - entropy) +"
            " weighsChange * exp(change)), weights without gradient; the entropy is of the first forward",
            "no step if no row is kept; returned: logits of the first forward"],
        dict(adam=dict(ADAM), fastAdam=dict(FAST_ADAM), sgd=dict(SGD), sgdFirstNorm=dict(SGD, skipsLastNorm=True),
             entropyWeightOnly=dict(FAST_ADAM, weighsChange=0), strict=dict(SGD, entropyShare=0.3, threshold=0.6)),
        deyo),
    Fixture(
        "come", COME, ["tent_come.py", "eata_come.py"], [
            BATCHED,
            "z <- z / |z| * |z| without gradient in the second |z|; S = sum exp z + mass; b = exp z / S, u = mass /"
            " S; 1e-7"
            " added to each of the six; entropy = -sum b ln b - u ln u",
            "tent: loss = its mean; eata: it stands for the entropy in the margin (marginShare * ln 5), the weight"
            " exp(E0 - entropy) and the loss; q and cosine with softmax of z as in EATA",
            "mass 1000 is the published literal, 5 the number of classes",
            "returned: logits of the forward whose gradient the step used"],
        dict(tentAsPublished=dict(FAST_ADAM, host="tent", mass=1000), tent=dict(FAST_ADAM, host="tent", mass=5),
             tentSgd=dict(SGD, host="tent", mass=5),
             eataAsPublished=dict(FAST_ADAM, host="eata", mass=1000, marginShare=0.2),
             eata=dict(FAST_ADAM, host="eata", mass=5, marginShare=0.6)), come),
    Fixture(
        "conjugate", CONJUGATE, ["cifar_tta_test.py", "tent.py"], [
            BATCHED, "z = logits / temperature, p = softmax z",
            "ent: mean entropy of z",
            "conjugate: y solves (I + epsilon diag p - epsilon p p') y = p per row; loss = mean of logsumexp z -"
            " sum(y z -"
            " epsilon y (1 - p)); gradient flows through y and p",
            "softmax_pl: the same with y = p; rpl: (1 - p_y^.8) / .8",
            "returned: logits of a second forward *after* the step, not divided by the temperature; `trace.before`:"
            " those"
            " of the first"],
        dict(entropy=dict(FAST_ADAM, objective="ent", temperature=1.5),
             conjugateSix=dict(FAST_ADAM, objective="conjugate", epsilon=6.0),
             conjugateOne=dict(SGD, objective="conjugate", epsilon=1.0),
             softmaxSix=dict(FAST_ADAM, objective="softmax_pl", epsilon=6.0),
             robust=dict(FAST_ADAM, objective="rpl")), conjugate),
]
