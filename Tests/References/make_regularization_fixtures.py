"""The lasso of scikit-learn, and PyTorch's weight averages: Tests/Fixtures/regularization/*.json.

    python Tests/References/make_regularization_fixtures.py      (torch 2.15, numpy, scikit-learn)

- lasso.json: features of three decimals, targets, and for each alpha the coefficients and the intercept of
  `Lasso(alpha)`, which minimizes `|y - Xw - b|^2 / (2n) + alpha |w|_1` (half of the mean squared error).
- averages.json: parameters of a network of shapes [4, 3], [1, 4] and [2, 4] along 12 updates, what `AveragedModel`
  holds after each with `get_ema_avg_fn(0.9)` and `get_swa_avg_fn()`; then a network with batch norm and the statistics
  that `update_bn` gives it from three batches.
"""

import numpy as np
import torch
from sklearn.linear_model import Lasso
from torch.optim.swa_utils import AveragedModel, get_ema_avg_fn, get_swa_avg_fn, update_bn

from fixture_json import numbers, write


def lasso():
    generator = np.random.default_rng(30)
    features = generator.normal(size=(40, 8)).round(3)
    weights = np.array([1.5, 0, -2, 0, 0, 0.7, 0, 0.1])
    targets = (features @ weights + 0.5 + 0.3 * generator.normal(size=40)).round(3)
    solutions = []
    for alpha in (0.01, 0.1, 0.5):
        model = Lasso(alpha=alpha, tol=1e-12, max_iter=100_000).fit(features, targets)
        solutions.append(dict(alpha=alpha, weights=numbers(model.coef_), intercept=float(model.intercept_)))
    assert sum(w == 0 for w in solutions[1]["weights"]) >= 3
    return dict(
        features=numbers(features.astype(np.float32)), targets=numbers(targets.astype(np.float32)), solutions=solutions)


def state(network):
    return {name: numbers(parameter) for name, parameter in network.named_parameters()}


def averages():
    torch.manual_seed(31)
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2, bias=False))
    ema = AveragedModel(network, avg_fn=get_ema_avg_fn(0.9))
    swa = AveragedModel(network, avg_fn=get_swa_avg_fn())
    steps = []
    for _ in range(12):
        with torch.no_grad():
            for parameter in network.parameters():
                parameter += 0.3 * torch.randn_like(parameter)
        ema.update_parameters(network)
        swa.update_parameters(network)
        steps.append(dict(parameters=state(network), ema=state(ema.module), swa=state(swa.module)))
    assert int(ema.n_averaged) == 12
    return steps


def normalization():
    torch.manual_seed(32)
    network = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 4),
        torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    batches = [torch.randn(rows, 3) for rows in (6, 6, 3)]
    update_bn(batches, network)
    buffers = {name: numbers(value) for name, value in network.named_buffers() if "num_batches" not in name}
    return dict(parameters=state(network), batches=[numbers(batch) for batch in batches], buffers=buffers)


def main():
    torch.set_num_threads(1)
    write("regularization/lasso.json", lasso(), limit_bytes=20_000)
    content = dict(torch=torch.__version__.split("+")[0], steps=averages(), normalization=normalization())
    write("regularization/averages.json", content, limit_bytes=40_000)


main()
