"""SHOT by its authors' script: information maximization, with and without labels from centroids."""

from types import SimpleNamespace

import numpy as np
import torch
from scipy.spatial.distance import cdist
from torch import nn, optim

from published.fixture import Fixture, Outcome, final_norms
from published.loading import ON_CPU, function_alone, lines_between, load
from published.problem import CLASSES
from published.repositories import SHOT


def shot(problem, folder, labelWeight, learningRate=1e-2, labelsEvery=5):
    path = folder / "object" / "image_target.py"
    features, last = problem.parts()
    bottleneck = nn.Identity()
    last.eval().requires_grad_(False)
    arguments = SimpleNamespace(
        cls_par=labelWeight, ent=True, gent=True, ent_par=1.0, epsilon=1e-5, dset="none", class_num=CLASSES,
        distance="cosine", threshold=0, out_file=SimpleNamespace(write=lambda _: None, flush=lambda: None))
    copied = function_alone(path, "op_copy", {})
    schedule = function_alone(path, "lr_scheduler", {})
    label = function_alone(
        path, "obtain_label", dict(torch=torch, nn=nn, np=np, cdist=cdist),
        [ON_CPU, ("iter_test.next()", "next(iter_test)"),  # a spelling of Python 2
         # For the check in float64.
         (".float()", ".to(torch.get_default_dtype())")])
    step = lines_between(
        path, "features_test = netB(netF(inputs_test))", "if iter_num % interval_iter == 0 or", [ON_CPU])
    optimizer = copied(optim.SGD([{"params": v, "lr": learningRate} for v in features.parameters()]))
    rows = [(x, torch.zeros(len(x), dtype=torch.int64)) for x in problem.batches]
    names = dict(
        torch=torch, nn=nn, loss=load(folder / "object" / "loss.py", "loss"), args=arguments, netF=features,
        netB=bottleneck, netC=last, optimizer=optimizer, interval_iter=labelsEvery)
    answers, labels = [], []
    for index, x in enumerate(problem.batches):
        if index % labelsEvery == 0 and labelWeight > 0:
            features.eval()
            labels.append(label(rows, features, bottleneck, last, arguments))
            features.train()
            names["mem_label"] = torch.from_numpy(labels[-1])
        features.train()
        schedule(optimizer, iter_num=index + 1, max_iter=len(rows))
        names.update(inputs_test=x, iter_num=index + 1, tar_idx=torch.arange(16) + 16 * index)
        exec(step, names)
        answers.append(names["outputs_test"].detach().clone())
    final = final_norms(features)
    final |= {name: value.detach().clone() for name, value in features.named_parameters() if name.split(".")[0] in "03"}
    return Outcome(answers, final, dict(labels=labels))


FIXTURES = [
    Fixture(
        "shot-original", SHOT, ["object/image_target.py", "object/loss.py"], [
            "layers 0 to 5 in training mode: batch statistics (biased variance); running statistics move (momentum .1,"
            " unbiased variance) and are read when labels are made; all their parameters trained, layer 6 frozen",
            "loss: mean of -sum p ln(p + 1e-5) + sum_c m ln(m + 1e-5), m = mean softmax; + labelWeight * mean"
            " cross-entropy with the labels",
            "SGD with Nesterov momentum .9, weight decay 1e-3 (norms and biases too), learning rate learningRate *"
            " (1 + 10 t"
            " / 10)^-.75 at the t-th batch, from 1",
            "labels, before batches 0 and 5, for all 160 rows: features in evaluation mode, with a 1 appended,"
            " divided by"
            " their norm; centroids weighted by softmax, / (1e-8 + sum of weights); nearest by cosine distance among"
            " classes that are predicted at all; once more with one-hot weights",
            "answers: logits of the forward whose gradient the step used"],
        dict(informationMaximization=dict(labelWeight=0.0), withLabels=dict(labelWeight=0.3),
             fast=dict(labelWeight=0.3, learningRate=0.05)), shot),
]
