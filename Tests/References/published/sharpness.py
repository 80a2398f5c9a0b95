"""SAR: sharpness-aware entropy minimization with a reset."""

import math

import torch

from published.fixture import Fixture, Outcome, final_norms
from published.loading import ONE_DIMENSIONAL, load
from published.problem import CLASSES
from published.repositories import SAR


def sar(problem, folder, learningRate, momentum=0.9, rho=0.05, marginShare=0.4, resetBelow=0.2, usesResetBelow=False,
        clearsAverage=False, clearsMomentum=False, skipsLastNorm=False):
    changes = [ONE_DIMENSIONAL]
    if usesResetBelow:  # as published, the parameter is ignored
        changes.append(("if ema < 0.2:", "if ema < reset_constant:"))
    if clearsAverage:  # as published, the average from before the reset is put back right after it
        changes.append(("            self.ema = ema  #", "            self.ema = None if reset_flag else ema  #"))
    published = load(folder / "sar.py", "sar", changes)
    sam = load(folder / "sam.py", "sam")
    # The published rule leaves out norms by name; "layer4" is one that it leaves out.
    model = published.configure_model(problem.model(last_norm="layer4" if skipsLastNorm else None))
    parameters, names = published.collect_params(model)
    optimizer = sam.SAM(parameters, torch.optim.SGD, rho=rho, lr=learningRate, momentum=momentum)
    method = published.SAR(
        model, optimizer, margin_e0=marginShare * math.log(CLASSES), reset_constant_em=resetBelow)
    averages, resets = [], []
    original = method.reset

    def reset():
        original()
        resets.append(len(averages))
        if clearsMomentum:  # the momentum is the inner optimizer's, whose state the published reset leaves
            optimizer.base_optimizer.state.clear()

    method.reset = reset

    def adapt(x):
        logits = method(x)
        averages.append(-1.0 if method.ema is None else method.ema)
        return logits

    answers = problem.run(adapt)
    return Outcome(
        answers, final_norms(model), dict(averages=averages), dict(resetsAfterBatches=resets, trained=names))


RESET = 0.2565  # between the averages of these rows: early batches reset, later ones do not
FIXED = dict(usesResetBelow=True, clearsAverage=True, clearsMomentum=True)

FIXTURES = [
    Fixture(
        "sar", SAR, ["sar.py", "sam.py"], [
            "batch statistics (biased variance, epsilon 1e-5) in all forwards; trained: gamma and beta of both norms,"
            " or of the first only (skipsLastNorm)",
            "first gradient: mean entropy of rows with entropy < E0 = marginShare * ln 5 (strictly)",
            "climb: w + g * (rho / (norm + 1e-12)), norm over all trained parameters together",
            "second forward on the whole batch; of the rows selected first, those with entropy < E0 again; gradient of"
            " their mean entropy; weights back; SGD with momentum (no dampening, not Nesterov)",
            "if a selection is empty the gradients are zeros, not absent: momentum still moves the weights, and the"
            " average stays",
            "average: the second mean entropy, later .9 average + .1 of it (-1 in `trace.averages`: not set)",
            "reset after the step if the average is < .2 (strictly): weights restored",
            "as published: the reset leaves the SGD momentum, and the old average is put back after it",
            "returned: logits of the first forward"],
        dict(asPublished=dict(learningRate=0.05, marginShare=0.32),
             asPublishedLate=dict(learningRate=0.25, marginShare=0.34),
             asPublishedFirstNorm=dict(learningRate=0.05, marginShare=0.33, skipsLastNorm=True),
             repaired=dict(learningRate=0.05, resetBelow=RESET, **FIXED),
             repairedKeepsMomentum=dict(
                 learningRate=0.05, resetBelow=RESET, usesResetBelow=True, clearsAverage=True),
             repairedNoReset=dict(learningRate=0.02, resetBelow=0.0, **FIXED),
             repairedFirstNorm=dict(learningRate=0.02, resetBelow=RESET, skipsLastNorm=True, **FIXED),
             emptySelections=dict(learningRate=0.05, resetBelow=0.0, marginShare=0.02, **FIXED)), sar)]
