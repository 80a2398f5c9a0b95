"""What a fixture is, and how it is run and written."""

import io
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from typing import Callable

import numpy as np
import torch

from fixture_json import numbers, write
from published.problem import Problem, norms
from published.repositories import Repository


@dataclass
class Outcome:
    """What a variant gave: an answer per batch; final parameters; and what else a re-implementation can be held to."""

    answers: list
    final: dict = field(default_factory=dict)
    trace: dict = field(default_factory=dict)
    facts: dict = field(default_factory=dict)


@dataclass
class Fixture:
    name: str
    repository: Repository
    files: list
    conventions: list
    variants: dict  # name: settings, passed on to `run` as keyword arguments
    run: Callable  # (problem, folder of the repository, **settings) -> Outcome
    answer: str = "logits"
    rounding: dict = field(default_factory=dict)  # larger limits on the effect of rounding, by variant


ROUNDING = 2e-5


def largest(a, b):
    return max(float((x.double() - y.double()).abs().max()) for x, y in zip(a, b))


def distances(answers, logits, kind):
    """The largest difference of each batch from other logits, on the scale of the answers."""
    if kind not in ("logits", "probabilities"):
        return []
    others = [z.softmax(1) for z in logits] if kind == "probabilities" else logits
    return [round(float((a - b).abs().max()), 5) for a, b in zip(answers, others)]


def flat(value):
    """Tensors as lists of numbers, in dictionaries and lists of any depth."""
    if isinstance(value, dict):
        return {key: flat(entry) for key, entry in value.items()}
    if isinstance(value, torch.Tensor) or isinstance(value, np.ndarray):
        return numbers(value)
    if isinstance(value, (list, tuple)):
        return [flat(entry) for entry in value]
    return value


def make(fixture: Fixture, common, published):
    """Runs all variants in float32 and in float64 and writes the fixture. Ends if float32 and float64 differ by more
    than rounding may: then a decision or an ill-conditioned step would make the fixture a test of luck."""
    folder = published / fixture.repository.folder
    single, double = Problem(common, torch.float32), Problem(common, torch.float64)
    variants = {}
    for name, settings in fixture.variants.items():
        torch.manual_seed(0)
        with redirect_stdout(io.StringIO()):  # the published code prints
            outcome = fixture.run(single, folder, **settings)
            torch.set_default_dtype(torch.float64)
            torch.manual_seed(0)
            exact = fixture.run(double, folder, **settings)
            torch.set_default_dtype(torch.float32)
        distance = distances(outcome.answers, single.source_logits(), fixture.answer)
        change = distances(outcome.answers, single.batch_logits(), fixture.answer)
        gap = largest(outcome.answers, exact.answers)
        title = f"{fixture.name} / {name}"
        print(f"{title}: from source {max(distance, default=0):.4f}, from batch statistics"
              f" {max(change, default=0):.5f}, rounding {gap:.1e}, {outcome.facts}")
        assert all(torch.isfinite(a).all() for a in outcome.answers), f"{title} is not finite"
        assert gap < fixture.rounding.get(name, ROUNDING), f"{title}: float32 and float64 differ by {gap}"
        variants[name] = dict(
            settings=settings, facts=outcome.facts, distanceFromSource=distance, distanceFromBatchStatistics=change,
            roundingGap=float(f"{gap:.1e}"),
            **{fixture.answer: flat(outcome.answers)}, final=flat(outcome.final), trace=flat(outcome.trace))
    repository = fixture.repository
    write(f"published/{fixture.name}.json", dict(
        repository=repository.name, commit=repository.commit, license=repository.license, files=fixture.files,
        torch=torch.__version__.split("+")[0], conventions=fixture.conventions, variants=variants),
        limit_bytes=250_000)


def optimizer(parameters, settings):
    """Adam with PyTorch's betas .9, .999 and epsilon 1e-8, or SGD with the momentum given."""
    if settings["optimizer"] == "adam":
        return torch.optim.Adam(parameters, lr=settings["learningRate"], foreach=False, fused=False)
    return torch.optim.SGD(
        parameters, lr=settings["learningRate"], momentum=settings.get("momentum", 0.0), foreach=False)


ADAM = dict(optimizer="adam", learningRate=1e-3)
FAST_ADAM = dict(optimizer="adam", learningRate=1e-2)
SGD = dict(optimizer="sgd", learningRate=0.02, momentum=0.9)


def final_norms(model):
    return norms(model)
