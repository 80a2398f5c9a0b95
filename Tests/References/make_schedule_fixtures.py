"""PyTorch's schedules, clipping and renorm: Tests/Fixtures/schedules/schedules.json.

    python Tests/References/make_schedule_fixtures.py      (torch 2.15, numpy)

- rates: for each schedule its settings and the learning rates (float64, base rate 0.3) that updates 0, 1, ... use.
- plateau: losses of epochs, and the learning rate after each.
- limits: gradients of two parameters, their global norm, and both after clip_grad_norm_ (at two limits) and
  clip_grad_value_; a weight after renorm of its rows.
- training: the network of optimizers/mlp.json, 12 steps on the whole of its first batch, SGD with momentum under a
  cosine schedule with the norm of the gradient clipped and the rows of both weights limited: losses and parameters.
"""

import json

import numpy as np
import torch
from torch.optim import lr_scheduler

from fixture_json import FIXTURES, numbers, write

BASE = 0.3


def dummy(rate=BASE):
    return torch.optim.SGD([torch.zeros(1, dtype=torch.float64, requires_grad=True)], lr=rate, momentum=0.9)


def rates(make, count):
    """The rates that `count` updates use."""
    optimizer = dummy()
    schedule = make(optimizer)
    found = []
    for _ in range(count):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def warmup_then(make_next, length):
    def make(optimizer):
        first = lr_scheduler.LinearLR(optimizer, start_factor=1 / 3, total_iters=length)
        return lr_scheduler.SequentialLR(optimizer, [first, make_next(optimizer)], milestones=[length])
    return make


SCHEDULES = {
    "step": (lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.5), 40),
    "exponential": (lambda o: lr_scheduler.ExponentialLR(o, gamma=0.9), 40),
    "cosine": (lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=40), 40),
    "cosine-minimum": (lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=40, eta_min=0.1 * BASE), 40),
    "warmup": (lambda o: lr_scheduler.LinearLR(o), 40),
    "warmup-cosine": (warmup_then(lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=32), 8), 40),
    "warmup-step": (warmup_then(lambda o: lr_scheduler.StepLR(o, step_size=7, gamma=0.5), 8), 40),
    "one-cycle": (lambda o: lr_scheduler.OneCycleLR(o, max_lr=BASE, total_steps=41, cycle_momentum=False), 40),
    "one-cycle-settings": (
        lambda o: lr_scheduler.OneCycleLR(
            o, max_lr=BASE, total_steps=41, pct_start=0.5, div_factor=10, final_div_factor=100,
            cycle_momentum=False), 40),
    "inverse-time": (lambda o: lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + 0.25 * t)), 40),
}


def plateau():
    generator = np.random.default_rng(22)
    losses = np.concatenate([np.linspace(2, 1, 10), 1 + 0.1 * generator.random(30), np.linspace(0.99, 0.98999, 20)])
    losses = losses.round(6).tolist()
    found = {}
    for name, settings in {"defaults": {}, "settings": dict(factor=0.5, patience=2, threshold=1e-2)}.items():
        optimizer = dummy()
        schedule = lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
        after = []
        for loss in losses:
            schedule.step(loss)
            after.append(optimizer.param_groups[0]["lr"])
        found[name] = after
    return dict(losses=losses, rates=found)


def parameters(values):
    tensors = [torch.zeros_like(value, requires_grad=True) for value in values]
    for tensor, value in zip(tensors, values):
        tensor.grad = value.clone()
    return tensors


def limits():
    generator = torch.Generator().manual_seed(23)
    gradients = [torch.randn(5, 7, generator=generator), torch.randn(1, 5, generator=generator)]
    found = dict(gradients=[numbers(g) for g in gradients])
    for limit in (0.5, 50.0):
        tensors = parameters(gradients)
        norm = torch.nn.utils.clip_grad_norm_(tensors, limit, foreach=False)
        found[f"norm-{limit}"] = [numbers(t.grad) for t in tensors]
        found["globalNorm"] = [norm.item()]
    tensors = parameters(gradients)
    torch.nn.utils.clip_grad_value_(tensors, 0.75, foreach=False)
    found["value-0.75"] = [numbers(t.grad) for t in tensors]
    found["renorm-2"] = [numbers(torch.renorm(gradients[0], p=2, dim=0, maxnorm=2.0))]
    return found


def training():
    mlp = json.loads((FIXTURES / "optimizers/mlp.json").read_text())
    network = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    for name, parameter in network.named_parameters():
        parameter.data = torch.tensor(mlp["initial"][name]).reshape(parameter.shape)
    features = torch.tensor(mlp["batches"][0]["features"]).reshape(-1, 6)
    labels = torch.tensor(mlp["batches"][0]["labels"])
    optimizer = torch.optim.SGD(network.parameters(), lr=BASE, momentum=0.9, foreach=False, fused=False)
    schedule = lr_scheduler.CosineAnnealingLR(optimizer, T_max=12)
    losses, clipped, limited = [], 0, 0
    for _ in range(12):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(features), labels)
        loss.backward()
        clipped += torch.nn.utils.clip_grad_norm_(network.parameters(), 0.4, foreach=False).item() > 0.4
        optimizer.step()
        schedule.step()
        for layer in (0, 2):
            weight = network[layer].weight
            limited += (weight.norm(dim=1) > 0.9).sum().item()
            weight.data = torch.renorm(weight.data, p=2, dim=0, maxnorm=0.9)
        losses.append(loss.item())
    assert clipped > 1 and limited > 1, (clipped, limited)
    return dict(losses=losses, parameters={name: numbers(p) for name, p in network.named_parameters()})


def main():
    torch.set_num_threads(1)
    content = dict(
        torch=torch.__version__.split("+")[0], base=BASE,
        rates={name: rates(make, count) for name, (make, count) in SCHEDULES.items()},
        plateau=plateau(), limits=limits(), training=training())
    write("schedules/schedules.json", content, limit_bytes=60_000)


main()
