"""The network and the rows that all fixtures share (common.safetensors), and helpers to run a method over them."""

from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

FEATURES, HIDDEN, PENULTIMATE, CLASSES = 12, 16, 12, 5
BATCHES, ROWS, SOURCE_ROWS, VIEWS = 10, 16, 160, 4
NAMES = ["0", "1", "2", "3", "4", "5", "6"]


def layers():
    return [
        nn.Linear(FEATURES, HIDDEN), nn.BatchNorm1d(HIDDEN), nn.ReLU(),
        nn.Linear(HIDDEN, PENULTIMATE), nn.BatchNorm1d(PENULTIMATE), nn.ReLU(), nn.Linear(PENULTIMATE, CLASSES)]


def rounded(array):
    return torch.tensor(np.round(array, 3), dtype=torch.float32)


def make_common():
    """Trains the source network and draws the rows: everything that common.safetensors holds, as float32."""
    torch.manual_seed(11)
    generator = np.random.default_rng(12)
    centers = 0.95 * generator.normal(size=(CLASSES, FEATURES))

    def draw(rows, shares=None):
        labels = generator.choice(CLASSES, size=rows, p=shares)
        return centers[labels] + 1.1 * generator.normal(size=(rows, FEATURES)), torch.tensor(labels)

    model = nn.Sequential(*layers())
    with torch.no_grad():
        for norm in (model[1], model[4]):  # away from the initial ones and zeros
            norm.weight.uniform_(0.6, 1.4)
            norm.bias.uniform_(-0.4, 0.4)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3, weight_decay=1e-3)
    for _ in range(150):
        rows, labels = draw(64)
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(rounded(rows)), labels, label_smoothing=0.02).backward()
        optimizer.step()
    common = {f"network.{key}": value for key, value in model.state_dict().items() if "num_batches" not in key}
    source, source_labels = draw(SOURCE_ROWS)
    direction = generator.normal(size=FEATURES)
    stretch = generator.uniform(-1, 1, size=FEATURES)
    batches, labels = [], []
    for t in range(BATCHES):  # the drift grows, and the shares of the classes change
        rows, classes = draw(ROWS, generator.dirichlet(np.full(CLASSES, 2.0)))
        strength = 0.35 + 0.09 * t
        batches.append(rows * (1 + strength * stretch) + strength * direction)
        labels.append(classes)
    common |= {
        "batches": rounded(np.stack(batches)), "labels": torch.stack(labels).int(),
        "source": rounded(source), "sourceLabels": source_labels.int(),
        "noise": rounded(0.25 * generator.normal(size=(BATCHES, VIEWS, ROWS, FEATURES))),
        "permutation": torch.tensor(generator.permutation(FEATURES)).int()}
    return {key: value.detach().contiguous() for key, value in common.items()}


class Problem:
    """The shared tensors in one precision: float32 for the fixtures, float64 to see how much rounding matters."""

    def __init__(self, common, dtype):
        self.dtype = dtype
        self.tensors = {k: v.to(dtype) if v.is_floating_point() else v for k, v in common.items()}
        self.batches = list(self.tensors["batches"])
        self.source = self.tensors["source"]
        self.noise = self.tensors["noise"]

    def model(self, last_norm=None, training=False):
        """A fresh source network. `last_norm` renames the second batch norm, for rules that go by names."""
        names = [last_norm if last_norm and name == "4" else name for name in NAMES]
        model = nn.Sequential(OrderedDict(zip(names, layers()))).to(self.dtype)
        state = {}
        for key, value in self.tensors.items():
            if key.startswith("network."):
                layer, parameter = key.removeprefix("network.").split(".")
                state[f"{last_norm if last_norm and layer == '4' else layer}.{parameter}"] = value.clone()
        missing, unexpected = model.load_state_dict(state, strict=False)
        assert not unexpected and all("num_batches_tracked" in key for key in missing)
        return model.train(training)

    def parts(self):
        """The network in two: up to the features (layers 0 to 5), and the last linear layer."""
        model = self.model()
        return nn.Sequential(*list(model.children())[:6]), model[6]

    def source_logits(self):
        model = self.model()
        with torch.no_grad():
            return [model(x) for x in self.batches]

    def batch_logits(self):
        model = self.model(training=True)
        with torch.no_grad():
            return [model(x) for x in self.batches]

    def run(self, method, before=None):
        """What `method` gives for each batch in turn; `before(index)` may do something ahead of each."""
        answers = []
        for index, x in enumerate(self.batches):
            if before:
                before(index)
            answers.append(method(x.clone()).detach().clone())
        return answers

    def added_noise(self, view=None):
        """An augmentation that adds the stored noise to rows of any batch, found by their values: to row i of batch t
        noise[t, v, i], whether or not other rows of the batch are left out. With no `view`, v counts up with calls."""
        calls = {}

        def augment(rows):
            batch, found = self.locate(rows)
            v = calls.get(batch, 0) if view is None else view
            calls[batch] = v + 1
            return rows + self.noise[batch, v, found]

        return augment

    def locate(self, rows):
        """The batch that the rows are from, and their indices in it."""
        for index, batch in enumerate(self.batches):
            equal = (rows.detach()[:, None, :] == batch[None]).all(-1)
            if equal.any(1).all():
                return index, equal.int().argmax(1)
        raise ValueError("these rows are of no batch")


def norms(model):
    """gamma, beta and, where they exist, the running statistics of the two norm layers, under the names 1 and 4."""
    found = [m for m in model.modules() if hasattr(m, "running_mean") or hasattr(m, "source_mean")]
    result = {}
    for name, layer in zip(("1", "4"), found):
        for key in ("weight", "bias", "running_mean", "running_var", "source_mean", "source_var"):
            value = getattr(layer, key, None)
            if value is not None:
                result[f"{name}.{key}"] = value.detach().clone()
    return result


def common_tensors(folder: Path):
    """common.safetensors, which is made where it does not exist: trained anew, it would change every fixture."""
    path = folder / "common.safetensors"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        save_file(make_common(), path)
        path.chmod(0o644)
    return load_file(path)
