"""AdapTable's correction of labels' shares, ActMAD's matching of activations, and FTAT for two classes."""

from copy import deepcopy
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn, optim
from torch.nn import functional

from published.fixture import Fixture, Outcome, final_norms
from published.loading import ON_CPU, ONE_DIMENSIONAL, function_alone, lines_between, load, stand_in
from published.problem import CLASSES
from published.repositories import ACTMAD, ADAPTABLE, FTTA


def adaptable(problem, folder, smoothing=0.1, lower=0.25, upper=0.75, sourceCounts=(40, 20, 35, 50, 15)):
    # The correction stands in the script's loop over batches.
    step = lines_between(folder / "main.py", "calibrated_probability = F.normalize(", "else:")
    model = problem.model()
    counts = torch.tensor(sourceCounts, dtype=problem.dtype)
    names = dict(
        F=functional, torch=torch, np=np, source_model=model, TARGET_CALIBRATED_PREDICTION_LIST=[],
        args=SimpleNamespace(smoothing_factor=smoothing, uncertainty_lower_percentile_threshod=lower,
                             uncertainty_upper_percentile_threshod=upper),
        dataset=SimpleNamespace(train_counts=[None, np.array(sourceCounts)]),
        # No calibrator: its logits are the network's.
        calibrator=SimpleNamespace(get_gnn_out=lambda network, rows, wo_softmax: network(rows)),
        source_label_dist=functional.normalize(counts, p=1, dim=-1),
        target_label_dist=torch.full((1, CLASSES), 1 / CLASSES))
    shares = []

    def adapt(x):
        names.update(test_x=x, estimated_y=model(x))
        exec(step, names)
        shares.append(names["target_label_dist"][0].clone())
        return names["estimated_y"].exp()

    with torch.no_grad():
        answers = problem.run(adapt)
    return Outcome(answers, trace=dict(targetShares=shares), facts=dict(temperature=float(names["temperature"])))


def actmad(problem, folder, learningRate=1e-2):
    utilities = load(folder / "utils" / "utils.py", "utils")
    model = problem.model()
    answers, after, position = [], [], [-1]

    def record(module, inputs, output):
        if module.training:  # the forward that adapts; its norms are in evaluation mode
            answers.append(output.detach().clone())

    def test(_, network):  # the script tests on everything after each step; here, on the batch of the step
        if position[0] >= 0:
            with torch.no_grad():
                after.append(deepcopy(network).eval()(problem.batches[position[0]]))
        position[0] += 1
        return 0.0

    model.register_forward_hook(record)
    rows = dict(train=[(x, None) for x in problem.source.split(32)], test=[(x, None) for x in problem.batches])
    names = dict(
        torch=torch, nn=nn, optim=optim, SaveEmb=utilities.SaveEmb, log=SimpleNamespace(info=lambda _: None), test=test,
        ResultsManager=lambda: SimpleNamespace(add_result=lambda *_: None), set_severity=lambda _: None,
        globals=SimpleNamespace(TASKS=["shift"]), get_loader=lambda _, split, use_tr_transform=False: rows[split])
    run = function_alone(folder / "methods" / "actmad_cifar.py", "actmad_cifar", names, [
        ONE_DIMENSIONAL, ON_CPU,
        ("torch.load(args.ckpt_path)", "args.state"),
        # Off an accelerator the zero that sums start from is a leaf, which must not be changed in place.
        ("requires_grad=True, dtype=torch.float).float()", "dtype=torch.get_default_dtype())")])
    run(SimpleNamespace(
        dataset="none", state=deepcopy(model.state_dict()), lr=learningRate, milestone_1=50, milestone_2=80), model)
    final = dict(final_norms(model))
    final |= {name: value.detach().clone() for name, value in model.named_parameters() if name.split(".")[0] in "036"}
    return Outcome(answers, final, dict(after=after))


class Difference(nn.Module):
    """A network for two classes out of the shared one: the logit of class 1 less that of class 0."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        logits = self.network(x)
        return logits[:, 1:2] - logits[:, 0:1]


def ftat(problem, folder, rates, training, smoothing=0.1, prior=(0.6, 0.4)):
    packages = [stand_in(name) for name in ("tableshift", "tableshift.models")]
    utilities = stand_in("tableshift.models.torchutils", apply_model=lambda network, x: network(x))
    packages[0].models, packages[1].torchutils = packages[1], utilities
    published = load(
        folder / "src" / "tableshift" / "FTTA_src" / "FTTA.py", "FTTA",
        [("dtype=torch.float32", "dtype=torch.get_default_dtype()"),  # for the check in float64
         # Among ten neighbors three are a share of .3 itself, and rounding decides.
         ("pseudo_label[i]) > 0.3:", "pseudo_label[i]) > 0.31:")], [*packages, utilities])
    published.tableshift = packages[0]
    method = published.FTTA(
        Difference(problem.model(training=training)), torch.optim.SGD, torch.tensor(prior, dtype=problem.dtype),
        lr_list=list(rates), device="cpu", smooth_factor=smoothing)
    priors, kept = [], []
    original = method.suit_neighbors

    def neighbors(*arguments):
        remaining = original(*arguments)
        kept.append(len(remaining))
        return remaining

    method.suit_neighbors = neighbors

    def adapt(x):
        answer = method(x)
        priors.append(method.prior.clone())
        return answer

    return Outcome(problem.run(adapt), trace=dict(priors=priors, kept=kept))


FIXTURES = [
    Fixture(
        "adaptable", ADAPTABLE, ["main.py"], [
            "without its calibrator; evaluation mode, source statistics; source shares s = sourceCounts / their sum,"
            " target shares t uniform at the start; p = softmax z",
            "c = (1 - smoothing) * mean over rows of normalize(p / s) + smoothing * t; normalize divides by max(sum of"
            " absolute values, 1e-12)",
            "uncertainty 1 / (p1 - p2) of the two largest; quantiles of the batch with linear interpolation; up to the"
            " lower one (inclusive) z *= T, from the upper one (inclusive) z /= T",
            "where a quantile falls on a row (share * (n - 1) is an integer) rounding decides whether that row is in"
            " it; not"
            " so here",
            "T = 1.5 r / (r - 1 + 1e-6), r = largest / smallest count",
            "answer = .5 softmax z + .5 normalize(softmax z * c / s)",
            "t = (1 - smoothing) * mean answer + smoothing * t"],
        dict(default={}, slow=dict(smoothing=0.5, lower=0.1, upper=0.65)), adaptable, answer="probabilities"),
    Fixture(
        "actmad", ACTMAD, ["methods/actmad_cifar.py", "utils/utils.py"], [
            "source pass in evaluation mode over the source rows in 5 batches of 32: per norm, mean and unbiased"
            " variance"
            " of its *outputs* per unit; mean of these over the batches",
            "batch: norms in evaluation mode with the source's running statistics; the same two of the norms' outputs"
            " (unbiased variance, n = 16)",
            "loss: .5 * sum over norms of (mean over units |mean - source mean| + the same of variances)",
            "SGD with Nesterov momentum .9 and weight decay 5e-4 on all parameters; those of layer 6 have no"
            " gradient at"
            " all and are not decayed",
            "answers: logits of the adapting forward; `trace.after`: of the batch after its step, which is when the"
            " published script tests"],
        dict(default={}, gentle=dict(learningRate=1e-3)), actmad),
    Fixture(
        "ftat", FTTA, ["src/tableshift/FTTA_src/FTTA.py"], [
            "two classes: logit = z1 - z0 of the shared network; P = (1 - sigmoid, sigmoid); three copies, plain SGD"
            " on all"
            " parameters (layer 6 too) with the three rates",
            "training true, as published: norms in training mode, so batch statistics; false: source statistics",
            "H applies softmax to the probabilities P once more, then entropy; combined = sum of P of the copies with"
            " weights 1 - mean(H * |P1 - P0|), divided by max(sum of absolute values, 1e-12)",
            "kept rows: |share of label 1 among rows within the mean distance - own label| <= .31 (published: .3,"
            " which shares of neighbors can equal); Euclidean distances of"
            " the inputs, the mean over the whole square matrix with its zero diagonal, the row itself included; label:"
            " argmax of combined",
            "each copy: mean over kept rows of H * |P0 - P1|, gradient through both; P from before any step",
            "prior: L = normalize(combined * prior / source prior); A = rows mean of L with argmax 0, with argmax 1;"
            " B ="
            " mean of the rows of L with H(L) < H(.7, .3); prior = softmax(prior - smoothing * inverse(A) B), unless"
            " NaN",
            "answer: normalize(combined * the new prior / source prior), of class 1"],
        dict(asPublished=dict(rates=(1e-5, 5e-4, 1e-4), training=True),
             faster=dict(rates=(1e-2, 5e-2, 1e-1), training=True, smoothing=0.3),
             sourceStatistics=dict(rates=(1e-2, 5e-2, 1e-1), training=False)), ftat, answer="probabilityOfOne"),
]
