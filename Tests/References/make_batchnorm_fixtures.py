"""Batch norm in training and adaptation: three files in Tests/Fixtures/adaptation/.

    python Tests/References/make_batchnorm_fixtures.py      (torch 2.15, numpy)

Everything is float32, one thread. Parameters and statistics are flat, row-major, under PyTorch's names; a weight is
[out, in]; epsilon is 1e-5 throughout.

batchnorm.json: the network Linear(6, 8), BatchNorm1d(8, momentum .1), ReLU, Linear(8, 4) in training mode over 3
batches of 12 rows with weights that do not change. Per batch: features, labels, logits, the mean cross-entropy loss,
the gradients of all parameters, and the running statistics after the batch (they store the *unbiased* variance).
Then the logits of a fourth batch in evaluation mode.

one-layer.json, two-layers.json: a network with one or two batch-norm layers (between Linear layers, each followed by
ReLU), trained on four classes of 6 features, then 10 batches of 32 rows from a shifted distribution, answered by

- source: stored statistics;
- batch: mean and biased variance of the batch itself;
- blend: per layer (1 - a) stored + a batch with a = n / (n + 16), biased batch variance;
- ema: per layer, in one forward pass, running <- .9 running + .1 batch (biased variance), normalized with the updated
  running statistics; running starts at the stored ones and goes on from batch to batch;
- tent: batch statistics; after each batch one step of Adam (learning rate 1e-3, betas .9, .999) on gamma and beta
  along the gradient of the mean entropy of the softmax (nats). The logits are those from before the step. Also the
  entropy of each batch and gamma and beta after its step.

Each method starts from the trained network and sees the batches in order; a later layer sees what the earlier one made
of its statistics.
"""

import numpy as np
import torch
from torch.nn import functional

from fixture_json import numbers, write

EPSILON, PRIOR, MOMENTUM = 1e-5, 16, 0.1
CLASSES, FEATURES, HIDDEN = 4, 6, 8
BATCHES, ROWS = 10, 32


# ---- a network as a dictionary of tensors --------------------------------------------------------------------------


def make_module(depth):
    """Linear, BatchNorm1d, ReLU `depth` times, then Linear."""
    layers, width = [], FEATURES
    for _ in range(depth):
        layers += [torch.nn.Linear(width, HIDDEN), torch.nn.BatchNorm1d(HIDDEN, momentum=MOMENTUM), torch.nn.ReLU()]
        width = HIDDEN
    return torch.nn.Sequential(*layers, torch.nn.Linear(width, CLASSES))


def forward(state, x, statistics):
    """The logits; `statistics(layer, x)` gives the mean and the variance that normalize a layer's input."""
    layers = sorted({int(key.split(".")[0]) for key in state})
    for layer in layers:
        weight, bias = state[f"{layer}.weight"], state[f"{layer}.bias"]
        if weight.dim() == 2:
            x = functional.linear(x, weight, bias)
        else:
            mean, variance = statistics(layer, x)
            x = torch.relu((x - mean) / torch.sqrt(variance + EPSILON) * weight + bias)
    return x


def moments(x):
    return x.mean(dim=0), x.var(dim=0, unbiased=False)


def stored(state, layer):
    return state[f"{layer}.running_mean"], state[f"{layer}.running_var"]


# ---- the methods: each takes the state and the batches, and gives the logits of each batch ---------------------------


def source(state, batches):
    return [forward(state, x, lambda layer, _: stored(state, layer)) for x in batches]


def batch_statistics(state, batches):
    return [forward(state, x, lambda _, h: moments(h)) for x in batches]


def blend(state, batches):
    def statistics(layer, h):
        a = h.shape[0] / (h.shape[0] + PRIOR)
        return tuple((1 - a) * old + a * new for old, new in zip(stored(state, layer), moments(h)))

    return [forward(state, x, statistics) for x in batches]


def moving_average(state, batches):
    running = {}

    def statistics(layer, h):
        old = running.get(layer, stored(state, layer))
        running[layer] = tuple((1 - MOMENTUM) * a + MOMENTUM * b for a, b in zip(old, moments(h)))
        return running[layer]

    return [forward(state, x, statistics) for x in batches]


def tent(state, batches):
    """Logits, entropies, and gamma and beta after each step."""
    state = {key: value.clone() for key, value in state.items()}
    norms = sorted({int(key.split(".")[0]) for key in state if key.endswith("running_mean")})
    names = [f"{layer}.{kind}" for layer in norms for kind in ("weight", "bias")]
    for name in names:
        state[name].requires_grad_()
    optimizer = torch.optim.Adam(
        [state[name] for name in names], lr=1e-3, betas=(0.9, 0.999), foreach=False, fused=False)
    logits, entropies, affine = [], [], []
    for x in batches:
        answer = forward(state, x, lambda _, h: moments(h))
        log_p = functional.log_softmax(answer, dim=1)
        entropy = -(log_p.exp() * log_p).sum(dim=1).mean()
        optimizer.zero_grad()
        entropy.backward()
        optimizer.step()
        logits.append(answer.detach())
        entropies.append(entropy.detach())
        affine.append({name: numbers(state[name]) for name in names})
    return logits, entropies, affine


# ---- data and training ---------------------------------------------------------------------------------------------


def make_data(generator, centers, rows):
    labels = generator.integers(0, CLASSES, size=rows)
    features = centers[labels] + generator.normal(size=(rows, FEATURES))
    return torch.tensor(features.round(3), dtype=torch.float32), torch.tensor(labels)


def shift(generator, features):
    """Two features doubled, two moved, noise on all."""
    factor = np.array([2, 1, 1, 2, 1, 1])
    offset = np.array([0, 1.5, 0, 0, -1.5, 0])
    shifted = features.numpy() * factor + offset + 0.5 * generator.normal(size=features.shape)
    return torch.tensor(shifted.round(3), dtype=torch.float32)


def train(module, generator, centers):
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-2, foreach=False, fused=False)
    for _ in range(300):
        features, labels = make_data(generator, centers, 64)
        optimizer.zero_grad()
        functional.cross_entropy(module(features), labels).backward()
        optimizer.step()
    module.eval()


def values(tensors):
    return {name: numbers(tensor) for name, tensor in tensors.items() if not name.endswith("num_batches_tracked")}


def shapes(module):
    return {
        name: list(tensor.shape)
        for name, tensor in module.state_dict().items() if not name.endswith("num_batches_tracked")}


# ---- the files -----------------------------------------------------------------------------------------------------


def training_fixture():
    torch.manual_seed(31)
    generator = np.random.default_rng(32)
    centers = 1.5 * generator.normal(size=(CLASSES, FEATURES))
    module = make_module(1)
    with torch.no_grad():  # away from the initial ones and zeros, so that each has its say
        module[1].weight.uniform_(0.5, 1.5)
        module[1].bias.uniform_(-0.5, 0.5)
    initial = values(module.state_dict())
    batches = []
    for _ in range(3):
        features, labels = make_data(generator, centers, 12)
        module.zero_grad()
        logits = module(features)
        loss = functional.cross_entropy(logits, labels)
        loss.backward()
        running = {key: value for key, value in module.state_dict().items() if "running" in key}
        batches.append(dict(
            features=numbers(features), labels=numbers(labels), logits=numbers(logits), loss=numbers(loss)[0],
            gradients=values({name: p.grad for name, p in module.named_parameters()}), running=values(running)))
    module.eval()
    features, _ = make_data(generator, centers, 12)
    write("adaptation/batchnorm.json", dict(
        torch=torch.__version__.split("+")[0], epsilon=EPSILON, momentum=MOMENTUM, rows=12, shapes=shapes(module),
        initial=initial, batches=batches,
        evaluation=dict(features=numbers(features), logits=numbers(module(features)))), limit_bytes=60_000)


def adaptation_fixture(name, depth):
    torch.manual_seed(40 + depth)
    generator = np.random.default_rng(50 + depth)
    centers = 1.5 * generator.normal(size=(CLASSES, FEATURES))
    module = make_module(depth)
    train(module, generator, centers)
    state = {
        key: value.clone() for key, value in module.state_dict().items() if not key.endswith("num_batches_tracked")}
    clean = [make_data(generator, centers, ROWS) for _ in range(BATCHES)]
    labels = torch.stack([label for _, label in clean])
    batches = [shift(generator, features) for features, _ in clean]
    methods = {
        "source": source(state, batches), "batch": batch_statistics(state, batches), "blend": blend(state, batches),
        "ema": moving_average(state, batches)}
    methods["tent"], entropies, affine = tent(state, batches)
    check(module, methods, batches)
    for method, logits in methods.items():
        accuracy = (torch.stack(logits).argmax(dim=2) == labels).float().mean().item()
        print(f"  {name} {method}: accuracy {accuracy:.3f}")
    write(f"adaptation/{name}.json", dict(
        torch=torch.__version__.split("+")[0], epsilon=EPSILON, prior=PRIOR, momentum=MOMENTUM, rows=ROWS,
        shapes=shapes(module), state=values(state), batches=[numbers(x) for x in batches], labels=numbers(labels),
        logits={method: [numbers(x) for x in logits] for method, logits in methods.items()},
        tent=dict(entropies=numbers(torch.stack(entropies)), affine=affine)), limit_bytes=120_000)


def check(module, methods, batches):
    """The hand-written forward pass against PyTorch's own layers, where PyTorch has the method."""
    with torch.no_grad():
        for logits, x in zip(methods["source"], batches):
            torch.testing.assert_close(logits, module(x), rtol=1e-4, atol=1e-5)
        module.train()
        for logits, x in zip(methods["batch"], batches):
            torch.testing.assert_close(logits, module(x), rtol=1e-4, atol=1e-5)
        module.eval()
    torch.testing.assert_close(methods["tent"][0], methods["batch"][0])
    assert not torch.equal(methods["tent"][-1], methods["batch"][-1])


torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
training_fixture()
adaptation_fixture("one-layer", depth=1)
adaptation_fixture("two-layers", depth=2)
