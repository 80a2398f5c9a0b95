"""SSA (Adachi et al., ICLR 2025) on a small network: Tests/Fixtures/regression/ssa.json.

    python Tests/References/make_ssa_fixtures.py --published FOLDER      (torch 2.15, numpy)

FOLDER holds a checkout of kzkadc/regression-tta, named regression-tta, at the commit in published/repositories.py
(checked). Its license is an evaluation license (testing and analyzing the methods of the paper, not commercial): its
files are imported where they lie, as they are; nothing of them is copied or changed. What they import and do not need
here (torch-ignite, torchvision, timm, the data sets) is stood in for, and .cuda() gives the tensor back.

Run: FeatureStatCalculator.compute_stats and numpy's eigh, as feature_stats.py does; get_pca_basis; TTAEngine.update on
five batches of 16 rows. The network is MLPRegressor(6, 16, 1): Linear(6, 16, no bias)-BN-ReLU-Linear(16, 16, no
bias)-BN-ReLU, head Linear(16, 1), fitted here to a made-up source. Everything is run in float64 and again in float32;
the fixture holds float64. The loss of each step is also checked against the closed form
sum_d a_d ((m^2 + l)/(2 s2) + (m^2 + s2)/(2 l) - 1).

Layout: stateDictionary (names of the network; matrices [outputs][inputs]); sourceInputs [200][6]; statistics with mean
[16], covariance [16][16], eigenvalues [16] ascending, eigenvectors [16][16] (columns, signs arbitrary); settings;
batches [5][16][6]; runs by name with dimensionWeights [3], topEigenvalues [3], steps [5] of predictions [16] before
the step, projectedMean [3], projectedVariance [3], loss, gradients and parameters after the step by name,
offlinePredictions [5][16] with the final parameters.
"""

import argparse
import contextlib
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn

from fixture_json import write
from published import repositories
from published.loading import imported, stand_in
from published.repositories import REGRESSION_TTA
from rounded import largest_gap, rounded, single

FILES = ["tta/tta_engine.py", "utils/loss.py", "utils/pca_basis.py", "model.py", "feature_stats.py"]
TOP = 3


class Engine:
    def __init__(self, process):
        self.process = process


class Metric:
    def __init__(self, *arguments, **keywords):
        pass

    def attach(self, engine, name):
        pass


def nothing(*arguments, **keywords):
    raise NotImplementedError


def modules(folder):
    """model, feature_stats and tta_engine of the checkout, imported in place."""
    for file in FILES:
        lying, committed = (
            subprocess.run(["git", "-C", str(folder), *command], capture_output=True, text=True, check=True).stdout
            for command in (["hash-object", file], ["rev-parse", f"HEAD:{file}"]))
        assert lying == committed, f"{file} was changed"
    stand_ins = [
        stand_in("ignite"), stand_in("ignite.engine", Engine=Engine),
        stand_in("ignite.metrics", RootMeanSquaredError=Metric, MeanAbsoluteError=Metric),
        stand_in("ignite.contrib"), stand_in("ignite.contrib.metrics"), stand_in("ignite.contrib.metrics.regression"),
        stand_in("ignite.contrib.metrics.regression.r2_score", R2Score=Metric),
        stand_in("evaluation"),
        stand_in("evaluation.metrics", ModelDistanceMetric=Metric, PearsonCorrelation=Metric),
        stand_in("torchvision"), stand_in("torchvision.models", resnet50=nothing, ResNet50_Weights=None),
        stand_in("torchvision.models.feature_extraction", create_feature_extractor=nothing),
        stand_in("timm", create_model=nothing), stand_in("dataset", get_datasets=nothing),
        stand_in("yaml", safe_load=nothing)]
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    try:
        with imported({module.__name__: module for module in stand_ins}):
            import feature_stats
            import model
            from tta import tta_engine
    finally:
        sys.path.remove(str(folder))
    return model, feature_stats, tta_engine


def answer(x):
    return np.tanh(x[:, 0]) * 2 + x[:, 1] * x[:, 2] * 0.5 - np.abs(x[:, 3]) + 0.3 * x[:, 4]


def problem(model):
    """A fitted network and its data, all exact in float32."""
    random = np.random.default_rng(20260101)
    source = single(random.normal(size=(200, 6)))
    labels = single(answer(source) + 0.1 * random.normal(size=200))
    torch.manual_seed(11)
    net = model.MLPRegressor(6, 16, 1)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    x, y = torch.tensor(source, dtype=torch.float32), torch.tensor(labels, dtype=torch.float32)
    for step in range(300):
        rows = torch.tensor(random.choice(200, 64, replace=False))
        optimizer.zero_grad()
        nn.functional.mse_loss(net(x[rows]), y[rows]).backward()
        optimizer.step()
    net.eval()
    batches = []
    for index in range(5):
        scale, shift = np.array([1.4, .8, 1.2, 1, 1.3, 1]), np.array([.6, -.4, .3, .8, 0, -.5])
        batches.append(single(random.normal(size=(16, 6)) * scale + shift * (1 + .2 * index)))
    return {name: value.clone() for name, value in net.state_dict().items()}, source, batches


def as_lists(tensors):
    return {name: rounded(value) for name, value in tensors.items()}


def adapted(published, state, source, batches, learning_rate, dtype):
    model, feature_stats, tta_engine = published
    torch.set_default_dtype(dtype)
    net = model.MLPRegressor(6, 16, 1)
    net.load_state_dict(state)
    net.to(dtype)
    inputs = torch.tensor(source, dtype=dtype)
    calculator = feature_stats.FeatureStatCalculator(net, None)
    for start in range(0, 200, 64):
        calculator.inference(None, (inputs[start:start + 64], None))
    mean, covariance, features = calculator.compute_stats()
    eigenvalues, eigenvectors = np.linalg.eigh(covariance.numpy())
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/statistics.pt"
        torch.save(dict(
            mean=mean, basis=torch.from_numpy(eigenvectors), eigvals=torch.from_numpy(eigenvalues)), path)
        optimizer = torch.optim.Adam(net.get_feature_extractor().parameters(), lr=learning_rate, weight_decay=0.0)
        engine = tta_engine.TTAEngine(
            net, optimizer, False, dict(stat_file=path, contrib_top_k=TOP), dict(eps=1e-8), 1.0, 1.0, None)
    head = {name: value.clone() for name, value in net.regressor.state_dict().items()}
    names = {id(parameter): name for name, parameter in net.named_parameters()}
    steps = []
    for batch in batches:
        x = torch.tensor(batch, dtype=dtype)
        losses = []
        backward = torch.Tensor.backward

        def recorded(tensor, *arguments, **keywords):
            losses.append(tensor.item())
            return backward(tensor, *arguments, **keywords)

        torch.Tensor.backward = recorded
        try:
            output = engine.update(engine, (x, torch.zeros(len(x))))
        finally:
            torch.Tensor.backward = backward
        center, variance = output["feat_pc"].detach().mean(0), output["feat_pc"].detach().var(0)
        closed = ((center ** 2 + engine.var) / (2 * variance) + (center ** 2 + variance) / (2 * engine.var) - 1)
        assert abs(float(closed @ engine.dim_weight) / losses[0] - 1) < 1e-5
        steps.append(dict(
            predictions=rounded(output["y_pred"]), projectedMean=rounded(center), projectedVariance=rounded(variance),
            loss=rounded(losses[0]),
            gradients={names[id(p)]: rounded(p.grad) for p in net.get_feature_extractor().parameters()},
            parameters={names[id(p)]: rounded(p) for p in net.get_feature_extractor().parameters()}))
    assert all(torch.equal(value, head[name]) for name, value in net.regressor.state_dict().items())
    after = net.state_dict()
    assert all(torch.equal(value.to(dtype), after[name]) for name, value in state.items() if "running" in name)
    net.eval()
    with torch.no_grad():
        offline = [rounded(net(torch.tensor(batch, dtype=dtype))) for batch in batches]
    statistics = dict(
        mean=mean, covariance=covariance, eigenvalues=eigenvalues, eigenvectors=eigenvectors,
        deadFeatures=int((features.abs().max(0).values == 0).sum()))
    return statistics, dict(
        dimensionWeights=rounded(engine.dim_weight), topEigenvalues=rounded(engine.var), steps=steps,
        offlinePredictions=offline)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.Tensor.cuda = lambda tensor, *ignored, **also: tensor
    repositories.check(REGRESSION_TTA, arguments.published)
    published = modules(arguments.published / "regression-tta")
    state, source, batches = problem(published[0])
    single_float = torch.Tensor.float
    runs = {}
    for name, learning_rate in (("adam1e-4", 1e-4), ("adam1e-2", 1e-2)):
        with contextlib.redirect_stdout(io.StringIO()):
            torch.Tensor.float = single_float
            _, low = adapted(published, state, source, batches, learning_rate, torch.float32)
            torch.Tensor.float = torch.Tensor.double  # the basis and its variances are narrowed to float32
            statistics, run = adapted(published, state, source, batches, learning_rate, torch.float64)
        gap = {key: largest_gap([step[key] for step in low["steps"]], [step[key] for step in run["steps"]])
               for key in ("predictions", "loss", "gradients", "parameters")}
        print(name, [step["loss"] for step in run["steps"]], gap)
        runs[name] = dict(learningRate=learning_rate, float32Gap={k: float(f"{v:.1e}") for k, v in gap.items()}, **run)
    write("regression/ssa.json", dict(
        repository=REGRESSION_TTA.name, commit=REGRESSION_TTA.commit, license=REGRESSION_TTA.license, files=FILES,
        torch=torch.__version__.split("+")[0],
        conventions=[
            "the covariance is divided by N - 1 (compute_stats, ddof 1)",
            "eigenvalues ascending; the top K keep this order, so the last of them is the largest",
            "batch variance divided by n - 1; a_d = 1 + |w . v_d| with the head's weight, computed once",
            "eps 1e-8 is added to the denominator of each KL's second variance only",
            "batch norms use running statistics, which stay; all parameters of the feature extractor learn,"
            " the head does not",
            "Adam betas .9, .999, eps 1e-8, no weight decay; predictions are from before the step"],
        settings=dict(top=TOP, epsilon=1e-8, weightBias=1.0, batchNormEpsilon=1e-5),
        stateDictionary=as_lists({k: v.double() for k, v in state.items() if "tracked" not in k}),
        sourceInputs=rounded(source), statistics=rounded(statistics),
        batches=rounded(batches), runs=runs), limit_bytes=300_000)


if __name__ == "__main__":
    main()
