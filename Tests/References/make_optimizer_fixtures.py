"""PyTorch's optimizers on a small network: Tests/Fixtures/optimizers/mlp.json.

    python Tests/References/make_optimizer_fixtures.py      (torch 2.15, numpy)

The network is Linear(6, 8), Tanh, Linear(8, 3) under mean cross-entropy, in float32, with one thread and the
single-tensor path (foreach and fused off), over 50 batches of 16 rows. Contents:

- shapes, initial: the four parameters, flat and row-major; a weight is [out, in].
- batches: features [16, 6] and labels [16] of each step.
- gradients: of each step along the run "sgd"; a fixed sequence to replay any optimizer on.
- rosenbrock: the walk of each optimizer but SGD with these settings, in float64 (see the function).
- runs: for each optimizer its settings (PyTorch's names), and the parameters after 1, 10 and 50 steps,
  `replayed` along the fixed gradients, and `trained` along its own; `losses` of the 50 training steps.
"""

import numpy as np
import torch

from fixture_json import numbers, write

STEPS, ROWS = 50, 16
KEPT = (1, 10, 50)
RUNS = {
    "sgd": (torch.optim.SGD, dict(lr=0.1)),
    "sgd-momentum": (torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
    "sgd-nesterov-decay": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=1e-2)),
    "adam": (torch.optim.Adam, dict(lr=1e-2)),
    "adam-decay": (torch.optim.Adam, dict(lr=1e-2, weight_decay=1e-2)),
    "adamw": (torch.optim.AdamW, dict(lr=1e-2, weight_decay=1e-2)),
    "rmsprop": (torch.optim.RMSprop, dict(lr=1e-2)),
    "rmsprop-momentum": (torch.optim.RMSprop, dict(lr=1e-2, momentum=0.9)),
    "rmsprop-centered": (torch.optim.RMSprop, dict(lr=1e-2, centered=True)),
    "adam-amsgrad": (torch.optim.Adam, dict(lr=1e-2, betas=(0.9, 0.5), amsgrad=True)),
    "adamw-amsgrad": (torch.optim.AdamW, dict(lr=1e-2, betas=(0.9, 0.5), weight_decay=1e-2, amsgrad=True)),
    "nadam": (torch.optim.NAdam, dict(lr=1e-2)),
    "nadam-decay": (torch.optim.NAdam, dict(lr=1e-2, weight_decay=1e-2)),
    "radam": (torch.optim.RAdam, dict(lr=1e-2)),
    "radam-decay": (torch.optim.RAdam, dict(lr=1e-2, weight_decay=1e-2)),
    "adagrad": (torch.optim.Adagrad, dict(lr=1e-1)),
    "adagrad-decays": (torch.optim.Adagrad, dict(lr=1e-1, lr_decay=1e-2, weight_decay=1e-2)),
    "adadelta": (torch.optim.Adadelta, dict(lr=1.0)),
    "adadelta-decay": (torch.optim.Adadelta, dict(lr=1.0, weight_decay=1e-2)),
    "adamax": (torch.optim.Adamax, dict(lr=1e-2)),
    "adamax-decay": (torch.optim.Adamax, dict(lr=1e-2, weight_decay=1e-2)),
}
# Where PyTorch has a fused path it must be switched off.
FUSED = (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.Adagrad)


def make_batches():
    """Three classes, by which of three linear scores with noise is the largest; features of three decimals."""
    generator = np.random.default_rng(20)
    teacher = generator.normal(size=(6, 3))
    batches = []
    for _ in range(STEPS):
        features = generator.normal(size=(ROWS, 6)).round(3).astype(np.float32)
        labels = (features @ teacher + generator.normal(size=(ROWS, 3))).argmax(axis=1)
        batches.append((torch.from_numpy(features), torch.from_numpy(labels)))
    return batches


def make_network():
    torch.manual_seed(21)
    return torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))


def values(network):
    return {name: numbers(parameter) for name, parameter in network.named_parameters()}


def train(kind, settings, batches):
    """50 steps along the network's own gradients: kept parameters, losses, and all gradients."""
    network = make_network()
    optimizer = kind(network.parameters(), **settings, foreach=False, **no_fused(kind))
    kept, losses, gradients = {}, [], []
    for step, (features, labels) in enumerate(batches, start=1):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(features), labels)
        loss.backward()
        gradients.append({name: p.grad.clone() for name, p in network.named_parameters()})
        optimizer.step()
        losses.append(loss.detach())
        if step in KEPT:
            kept[str(step)] = values(network)
    return kept, numbers(torch.stack(losses)), gradients


def replay(kind, settings, gradients):
    """50 steps along given gradients: kept parameters."""
    network = make_network()
    optimizer = kind(network.parameters(), **settings, foreach=False, **no_fused(kind))
    kept = {}
    for step, gradient in enumerate(gradients, start=1):
        for name, parameter in network.named_parameters():
            parameter.grad = gradient[name].clone()
        optimizer.step()
        if step in KEPT:
            kept[str(step)] = values(network)
    return kept


def no_fused(kind):
    return {"fused": False} if kind in FUSED else {}


def rosenbrock(kind, settings):
    """(x, y) after 1, 2 and 10 steps in float64 from (-1.5, 2) on (1 - x)^2 + 100 (y - x^2)^2."""
    torch.set_default_dtype(torch.float64)  # NAdam keeps its product of momenta in the default type
    point = torch.tensor([-1.5, 2.0], requires_grad=True)
    optimizer = kind([point], **settings, foreach=False, **no_fused(kind))
    kept = []
    for step in range(1, 11):
        optimizer.zero_grad()
        x, y = point
        ((1 - x) ** 2 + 100 * (y - x * x) ** 2).backward()
        optimizer.step()
        if step in (1, 2, 10):
            kept.append(point.tolist())
    torch.set_default_dtype(torch.float32)
    return kept


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    batches = make_batches()
    _, _, gradients = train(*RUNS["sgd"], batches)
    runs = {}
    for name, (kind, settings) in RUNS.items():
        trained, losses, _ = train(kind, settings, batches)
        runs[name] = dict(
            settings=settings, losses=losses, replayed=replay(kind, settings, gradients), trained=trained)
    assert runs["sgd"]["replayed"] == runs["sgd"]["trained"]
    network = make_network()
    content = dict(
        torch=torch.__version__.split("+")[0],
        shapes={name: list(p.shape) for name, p in network.named_parameters()},
        initial=values(network),
        batches=[dict(features=numbers(x), labels=numbers(y)) for x, y in batches],
        gradients=[{name: numbers(g) for name, g in gradient.items()} for gradient in gradients],
        # At these learning rates SGD leaves the valley for infinity.
        rosenbrock={name: rosenbrock(*run) for name, run in RUNS.items() if not name.startswith("sgd")},
        runs=runs)
    write("optimizers/mlp.json", content, limit_bytes=300_000)


main()
