"""Methods that watch the stream row by row or over many batches: NOTE, POEM and AETTA's estimate of accuracy."""

import copy
import math
import random
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from published.fixture import FAST_ADAM, SGD, Fixture, Outcome, final_norms, optimizer
from published.loading import ONE_DIMENSIONAL, function_alone, load, stand_in
from published.problem import CLASSES, PENULTIMATE
from published.repositories import AETTA, NOTE, POEM
from published.teachers import identity


class RecordedDraws:
    """The functions of `random` that the memory calls, seeded, with what they gave."""

    def __init__(self):
        self.generator, self.draws = random.Random(31), []

    def draw(self, value):
        self.draws.append(value)
        return value

    def uniform(self, low, high):
        return self.draw(self.generator.uniform(low, high))

    def randrange(self, low, high):
        return self.draw(self.generator.randrange(low, high))

    def choice(self, options):
        return self.draw(self.generator.choice(options))


def note(problem, folder, capacity, frequency, momentum, **settings):
    configuration = stand_in("conf", args=SimpleNamespace(
        gpu_idx=0, use_learned_stats=True, bn_momentum=momentum, iabn=False, update_every_x=frequency,
        memory_type="PBRS", no_adapt=False, no_optim=False, epoch=1, temperature=1.0,
        opt=dict(num_class=CLASSES, batch_size=capacity)))
    utilities = stand_in("utils")
    memory = load(folder / "utils" / "memory.py", "utils.memory", imports=[configuration])
    losses = load(folder / "utils" / "loss_functions.py", "utils.loss_functions")
    utilities.memory = memory
    memory.random = draws = RecordedDraws()
    answers = []

    class Base:  # what the method uses of its framework
        def __init__(self):
            self.net, self.mem = problem.model(), memory.PBRS(capacity)

        def evaluation_online(self, epoch, condition, samples):
            self.net.eval()
            with torch.no_grad():
                answers.append(self.net(torch.stack(samples[0])))

        def log_loss_results(self, *_, **__):
            pass

    published = load(folder / "learner" / "note.py", "learner.note", imports=[
        configuration, utilities, memory, losses, stand_in("utils.iabn"), stand_in("learner.dnn", DNN=Base)])
    method = published.NOTE()
    method.optimizer = optimizer([p for p in method.net.parameters() if p.requires_grad], settings)
    rows = torch.cat(problem.batches)
    zeros = torch.zeros(len(rows), dtype=torch.int64)
    method.target_train_set = [rows, zeros, zeros]
    contents, perBatch = [], []
    for index in range(1, len(rows) + 1):
        method.train_online(index)
        if index % len(problem.batches[0]) == 0:
            contents.append([[identity(problem, row) for row in items[0]] for items in method.mem.data])
            perBatch.append(draws.draws[:])
            draws.draws.clear()
    return Outcome(list(torch.cat(answers).split(len(problem.batches[0]))), final_norms(method.net),
                   dict(memory=contents, draws=perBatch))


def poem(problem, folder, gamma, limit, delay, matchesWithWeights=True, marginShare=0.4, **settings):
    distribution = load(folder / "cdf.py", "cdf")
    drawing = [stand_in("loguru", logger=SimpleNamespace(info=lambda _: None)), stand_in("matplotlib"),
               stand_in("matplotlib.pyplot"), stand_in("pandas")]
    protector = load(folder / "protector.py", "protector", [
        # Arrays of one element are no longer numbers to NumPy by themselves.
        ("float(zz[j])", "zz[j].item()"), ("u = self.cdf(zz[j])", "u = self.cdf(zz[j]).item()"),
    ], [distribution, *drawing])
    published = load(folder / "poem.py", "poem", [ONE_DIMENSIONAL], [protector, *drawing])
    with torch.no_grad():  # its holdout entropies are of the network that is not yet set up to adapt
        holdout = published.softmax_entropy(problem.model()(problem.source)).numpy()
    guard = protector.get_protector_from_ents(holdout, SimpleNamespace(gamma=gamma, eps_clip=limit, device="cpu"))
    model = published.configure_model(problem.model())
    parameters, _ = published.collect_params(model)
    method = published.POEM(
        model, optimizer(parameters, settings), guard, e0=marginShare * math.log(CLASSES),
        vanilla_loss=matchesWithWeights)
    method.delayed_start = delay
    answers = problem.run(method)
    return Outcome(answers, final_norms(model), dict(
        epsilons=[float(e) for e in guard.epsilons], martingales=[float(m) for m in guard.martingales],
        uBefore=[float(u) for u in guard.info["u_before"]], uAfter=[float(u) for u in guard.info["u_after"]],
        targets=[float(z) for z in guard.info["z_after"]]))


def aetta(problem, folder, rate, passes=10):
    features, last = problem.parts()
    generator = np.random.default_rng(41)
    masks, current = [], []

    class Classifier(nn.Module):
        """The last layer after dropout with drawn and recorded masks; none of them unless asked for."""

        def forward(self, x, dropout=None):
            if dropout is None:
                return last(x)
            kept = generator.random((len(x), PENULTIMATE)) >= dropout
            current.append(np.flatnonzero(~kept))
            return last(x * torch.tensor(kept, dtype=x.dtype) / (1 - dropout))

    network = nn.Sequential(features, Classifier()).eval()
    names = dict(conf=SimpleNamespace(args=SimpleNamespace(dataset="cifar10outdist", dropout_rate=rate)), torch=torch,
                 F=functional)
    path = folder / "learner" / "dnn.py"
    evaluate = function_alone(path, "evaluate_dropout", names, [("n_iter=10", f"n_iter={passes}")])
    # The number of classes is a literal per data set.
    estimate = function_alone(path, "aetta", names, [
        ("MAX_ENTROPY = 2.3026", f"MAX_ENTROPY = {math.log(CLASSES)!r}"), ("N_CLASS = 10\n", f"N_CLASS = {CLASSES}\n")])
    keys = ("est_dropout", "est_dropout_avg_entropy", "est_dropout_softmax_mean", "est_dropout_softmax_std", "aetta")
    learner = SimpleNamespace(net=network, est_ema_dropout=None, acc_est_json={key: [] for key in keys})

    def inference(rows, net=None):
        logits = (net or network)(rows)
        p = logits.softmax(1)
        return logits.max(1)[1], p.max(1)[0], None, None, None, p, logits

    learner.model_inference = inference
    learner.evaluate_dropout = lambda *a, **k: evaluate(learner, *a, **k)
    with torch.no_grad():
        for x in problem.batches:
            estimate(learner, x, None)
            masks.append(copy.copy(current))
            current.clear()
    found = learner.acc_est_json
    return Outcome([torch.tensor(value) for value in found["aetta"]], trace=dict(
        dropped=masks, agreement=found["est_dropout"], entropy=found["est_dropout_avg_entropy"]))


FIXTURES = [
    Fixture(
        "note", NOTE, ["learner/note.py", "utils/memory.py", "utils/loss_functions.py"], [
            "without its instance-aware norm (no spatial axis); plain batch norm with learned statistics",
            "per row: label = argmax in evaluation mode; memory; logits of this row in evaluation mode (returned);"
            " after"
            " every `frequency` rows one pass over the whole memory as one batch in training mode",
            "training: batch statistics (biased variance); running <- (1 - momentum) running + momentum * batch"
            " (unbiased"
            " variance); loss: mean over rows *and* classes of -p ln(p + 1e-6); one Adam step on gamma and beta",
            "memory: a full memory and a label that is not among the largest classes: draw one of the largest (in"
            " class order), then an index in it, which goes; else draw u in [0, 1): if u <= stored of the label /"
            " seen of"
            " the label (this row included) draw an index in the label's class, which goes, else the row is refused",
            "`trace.draws`: the draws during each batch, in order; `trace.memory`: after each batch, per class, 16 *"
            " batch"
            " + row of the items in order (new ones at the end)"],
        dict(small=dict(FAST_ADAM, capacity=16, frequency=16, momentum=0.1),
             midBatch=dict(FAST_ADAM, capacity=20, frequency=24, momentum=0.05),
             asPublished=dict(optimizer="adam", learningRate=1e-4, capacity=64, frequency=64, momentum=0.01)), note),
    Fixture(
        "poem", POEM, ["poem.py", "protector.py", "cdf.py"], [
            "batch statistics (biased variance, epsilon 1e-5); trained: gamma and beta of both norms; SGD with"
            " momentum",
            "F: entropies of the source rows in evaluation mode (source statistics), sorted, share k / n at the k-th;"
            " linear between them, clamped outside to 1 / n and 1; inverse likewise",
            "per row in order, before any step: u = F(entropy); u' = .5 e u^2 + (1 - .5 e) u with e from before this"
            " row;"
            " target = inverse(u') (float32); martingale *= 1 + e (u - .5), at most 1e200",
            "then e: v = u - .5; g = v / (1 + e v), or 0 if |e| > limit and sign(v) = sign(e); e += gamma * g /"
            " sqrt(sum of all g^2 so far, this one included); nothing if g is 0; e starts 0; no other clipping",
            "of the very first row no g is recorded, and e stays 0",
            "returned at once, without a step, while the rows seen, this batch included, are fewer than `delay`",
            "step: loss = .5 * mean over rows of (c H - c target)^2; matchesWithWeights: over rows with H <"
            " marginShare *"
            " ln 5 only (strictly) with c = exp(E0 - H) without gradient; else all rows and c = 1; targets constant",
            "returned: logits of the forward whose gradient the step used"],
        dict(delayed=dict(SGD, gamma=1 / (8 * math.sqrt(3)), limit=1.8, delay=100),
             larger=dict(FAST_ADAM, gamma=0.5, limit=0.9, delay=40),
             unweighted=dict(SGD, gamma=0.3, limit=1.8, delay=0, matchesWithWeights=False)), poem),
    Fixture(
        "aetta", AETTA, ["learner/dnn.py"], [
            "evaluation mode, source statistics; nothing adapts",
            "passes with dropout on the 12 activations ahead of layer 6 (published: after each block of its"
            " network), kept"
            " values divided by 1 - rate; `trace.dropped`: per batch and pass the flat indices (row-major [16, 12])",
            "agreement: mean over rows of the share of passes with the argmax of the pass without dropout",
            "entropy of the mean softmax over passes and rows: -sum m ln(m + 1e-6)",
            "error = (1 - agreement) / (entropy / ln 5)^3, clamped to [0, .8]; average .6 old + .4 new, whose first old"
            " value is 1 - agreement of the first batch, not clamped",
            "answer: 100 * (1 - average), percent"],
        dict(default=dict(rate=0.4), gentle=dict(rate=0.2, passes=5)), aetta, answer="accuracy"),
]
