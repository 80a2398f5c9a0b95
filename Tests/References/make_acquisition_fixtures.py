"""Dynamic feature selection, GDFS and DIME: Tests/Fixtures/acquisition/{gdfs,dime}.json.

    python Tests/References/make_acquisition_fixtures.py --published FOLDER      (torch 2.15, numpy)

FOLDER holds checkouts of iancovert/dynamic-selection (MIT), named dynamic-selection, and suinleelab/DIME (Apache-2.0),
named DIME, at the commits in published/repositories.py (checked). Run are their own GreedyDynamicSelection.fit and
.forward, MaskingPretrainer.fit, CMIEstimator.training_step and .predict_step. Lightning is stood in for by a module
with optimizers() and manual_backward(); the schedulers lose their argument verbose, which torch dropped; random draws
are stored ones, handed out by torch.rand and numpy.random.choice in the order in which the code asks.

6 features, 3 classes, networks Linear(12, 8)-ReLU-Linear(8, 8)-ReLU-Linear(8, out) on [x*m, m], no dropout; in DIME the
first two layers of predictor and value network are the same. Everything is run in float64 and again in float32 with
equal decisions; the fixtures hold float64 with 9 significant digits, inputs exact in float32.

gdfs.json: inputs [12][6], labels [12]; predictor and selector by name of parameter ([outputs][inputs]); joint: runs by
name with temperature, steps (each: logits [12][6], softUniforms [12][6], soft [12][6], softMask [12][6], loss (before
the division by the number of steps), hardUniforms [12][6], chosen [12]), gradients and parameters after one Adam step
1e-3, named predictor.* and selector.*, then validation (deterministic, with the new parameters, on the same rows):
softLoss, hardLoss. pretraining: uniforms [12][6], references [12], masks, loss, gradients, parameters of the predictor.
inference (with the starting parameters): for k = 1..4 mask [12][6] and logits [12][3].

dime.json: the same inputs; parameters by name (value_network.4.* is its own last layer; value_network.0 and .2 are
predictor.0 and .2); training runs by name with costs [6], epsilon, scaling, steps (each: maskBefore, entropy [12],
value [12][6] (before scaling), cmi [12][6], best, randomFeature, exploreUniforms, chosen [12], losses after [12],
delta [12], valueLoss), firstLosses [12], reported losses, gradients, parameters after one Adam step 1e-3.
inference runs by name: rule, threshold, costs, bestAtStep [steps][12] (also of rows that have stopped), mask, logits.
"""

import argparse
import contextlib
import io
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn

from fixture_json import write
from published import repositories
from published.loading import load, stand_in
from published.repositories import DIME, DYNAMIC_SELECTION
from rounded import largest_gap, rounded, single

ROWS, FEATURES, CLASSES, STEPS = 12, 6, 3, 4


def network(outputs):
    return nn.Sequential(
        nn.Linear(2 * FEATURES, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, outputs))


def problem():
    random = np.random.default_rng(8)
    inputs = single(random.normal(size=(ROWS, FEATURES)) * [1, 2, 1, .5, 1.5, 1])
    labels = random.integers(0, CLASSES, ROWS)
    torch.manual_seed(5)
    networks = [network(outputs) for outputs in (CLASSES, FEATURES, FEATURES)]
    with torch.no_grad():
        for weights in (weights for each in networks for weights in each.parameters()):
            weights.mul_(2 if weights.ndim == 2 else 1)
    return inputs, labels, [{name: value.clone() for name, value in each.state_dict().items()} for each in networks]


def restored(state, outputs, dtype):
    found = network(outputs).to(dtype)
    found.load_state_dict(state)
    return found


@contextlib.contextmanager
def draws(uniforms, choices=()):
    """Hands out the stored draws, in order."""
    uniforms, choices = list(uniforms), list(choices)
    before = torch.rand, np.random.choice

    def rand(*shape, **keywords):
        shape = tuple(shape[0]) if isinstance(shape[0], (tuple, torch.Size)) else shape
        found = torch.tensor(uniforms.pop(0), dtype=torch.get_default_dtype())
        assert found.shape == shape
        return found

    def choice(count, size):
        found = choices.pop(0)
        assert len(found) == size
        return found

    torch.rand, np.random.choice = rand, choice
    try:
        yield
    finally:
        torch.rand, np.random.choice = before
    assert not uniforms and not choices


def optimization(gradients):
    """torch.optim with an Adam that notes the gradients of its steps, and a scheduler without verbose."""
    class Adam(torch.optim.Adam):
        def step(self, *arguments):
            gradients.append({id(p): None if p.grad is None else p.grad.clone()
                              for group in self.param_groups for p in group["params"]})
            return super().step(*arguments)

    def scheduler(*arguments, verbose=None, **keywords):
        return torch.optim.lr_scheduler.ReduceLROnPlateau(*arguments, **keywords)

    return SimpleNamespace(Adam=Adam, lr_scheduler=SimpleNamespace(ReduceLROnPlateau=scheduler))


class Loss(nn.Module):
    """Cross-entropy that remembers."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, logits, labels):
        found = nn.functional.cross_entropy(logits, labels)
        self.seen.append(float(found.detach()))
        return found


def named(tensors):
    return {name: rounded(value) for name, value in tensors}


# GDFS


def gdfs_modules(folder):
    utils = load(folder / "dynamic_selection" / "utils.py", "dynamic_selection.utils")
    return utils, *(load(folder / "dynamic_selection" / f"{name}.py", f"dynamic_selection.{name}", imports=[utils])
                    for name in ("greedy", "models"))


def joint(modules, data, dtype, temperature, soft_uniforms, hard_uniforms):
    utils, greedy, _ = modules
    inputs, labels, (predictor, selector, _) = data
    torch.set_default_dtype(dtype)
    predictor, selector = restored(predictor, CLASSES, dtype), restored(selector, FEATURES, dtype)
    ids = {id(value): f"{name}.{key}" for name, each in (("predictor", predictor), ("selector", selector))
           for key, value in each.named_parameters()}
    model = greedy.GreedyDynamicSelection(selector, predictor, utils.MaskLayer(append=True))
    gradients, calls, masks = [], [], []
    greedy.optim = optimization(gradients)
    concrete = model.selector_layer.forward

    def remembered(logits, temp, deterministic=False):
        found = concrete(logits, temp, deterministic=deterministic)
        calls.append((logits.detach().clone(), temp, deterministic, found.detach().clone()))
        return found

    mask_layer = model.mask_layer.forward

    def masking(x, m):
        masks.append(m.detach().clone())
        return mask_layer(x, m)

    model.selector_layer.forward, model.mask_layer.forward = remembered, masking
    batch = (torch.tensor(inputs, dtype=dtype), torch.tensor(labels))
    loss = Loss()
    before = {id(value): value for each in (predictor, selector) for value in each.parameters()}
    uniforms = [each for pair in zip(soft_uniforms, hard_uniforms) for each in pair]
    with draws(uniforms), contextlib.redirect_stdout(io.StringIO()):
        model.fit([batch], [batch], lr=1e-3, nepochs=1, max_features=STEPS, loss_fn=loss,
                  start_temp=temperature, end_temp=temperature, temp_steps=1, argmax=True, verbose=False)
    assert len(before) == 12 and len(gradients) == 1 and len(loss.seen) == STEPS + 2
    steps, taken = [], torch.zeros(ROWS, FEATURES)
    for step in range(STEPS):
        soft, hard = calls[2 * step], calls[2 * step + 1]
        assert soft[1] == temperature and hard[1] == 1e-6 and not soft[2]
        chosen = hard[3].argmax(1)
        assert torch.equal(masks[2 * step], taken)
        noisy = (soft[0] - 1e6 * taken) / 0.2 - torch.log(-torch.log(torch.tensor(hard_uniforms[step])))
        top = noisy.topk(2).values
        assert (top[:, 0] - top[:, 1]).min() > 1e-3 and torch.equal(noisy.argmax(1), chosen)
        steps.append(dict(
            logits=rounded(soft[0]), softUniforms=rounded(soft_uniforms[step]), soft=rounded(soft[3]),
            softMask=rounded(masks[2 * step + 1]), loss=rounded(loss.seen[step]),
            hardUniforms=rounded(hard_uniforms[step]), chosen=chosen.tolist()))
        taken = torch.max(taken, nn.functional.one_hot(chosen, FEATURES).to(dtype))
    after = [(f"{name}.{key}", value) for name, each in (("predictor", predictor), ("selector", selector))
             for key, value in each.named_parameters()]
    return dict(
        temperature=temperature, steps=steps,
        gradients={ids[key]: rounded(value) for key, value in gradients[0].items()},
        parameters=named(after), validation=dict(softLoss=rounded(loss.seen[-2]), hardLoss=rounded(loss.seen[-1])))


def pretraining(modules, data, dtype, uniforms, references):
    utils, _, models = modules
    inputs, labels, (predictor, _, _) = data
    torch.set_default_dtype(dtype)
    predictor = restored(predictor, CLASSES, dtype)
    ids = {id(value): name for name, value in predictor.named_parameters()}
    gradients = []
    models.optim = optimization(gradients)
    batch, loss = (torch.tensor(inputs, dtype=dtype), torch.tensor(labels)), Loss()
    model = models.MaskingPretrainer(predictor, utils.MaskLayer(append=True))
    float_before = torch.Tensor.float
    torch.Tensor.float = lambda tensor: tensor.to(dtype)  # masks are made float32
    with draws([uniforms, references, uniforms, references]):  # the second pair is the validation's
        model.fit([batch], [batch], lr=1e-3, nepochs=1, loss_fn=loss, verbose=False)
    torch.Tensor.float = float_before
    return dict(
        uniforms=rounded(uniforms), references=rounded(references.ravel()),
        masks=rounded((uniforms > references).astype(int)), loss=rounded(loss.seen[0]),
        gradients={ids[key]: rounded(value) for key, value in gradients[0].items()},
        parameters=named(predictor.named_parameters()))


def selections(modules, data, dtype):
    utils, greedy, _ = modules
    inputs, _, (predictor, selector, _) = data
    torch.set_default_dtype(dtype)
    model = greedy.GreedyDynamicSelection(
        restored(selector, FEATURES, dtype), restored(predictor, CLASSES, dtype), utils.MaskLayer(append=True))
    model.eval()
    found = {}
    with torch.no_grad():
        for k in range(1, STEPS + 1):
            logits, _, mask = model(torch.tensor(inputs, dtype=dtype), k)
            found[str(k)] = dict(mask=rounded(mask), logits=rounded(logits))
    return found


def both(function):
    """The float64 outcome, and how far float32 is from it."""
    exact, low = function(torch.float64), function(torch.float32)
    gap = largest_gap(exact, low)
    assert gap < 2e-4, gap
    return exact, gap


def gdfs(published, data):
    modules = gdfs_modules(published / DYNAMIC_SELECTION.folder)
    random = np.random.default_rng(9)
    inputs, labels, (predictor, selector, _) = data
    runs = {}
    for name, temperature in (("warm", 1.0), ("cool", 0.25)):
        soft, hard = (single(random.uniform(.01, .99, size=(STEPS, ROWS, FEATURES))) for _ in range(2))
        runs[name], gap = both(lambda dtype: joint(modules, data, dtype, temperature, soft, hard))
        print(name, [step["loss"] for step in runs[name]["steps"]], runs[name]["validation"], f"gap {gap:.1e}")
    uniforms, references = single(random.uniform(size=(ROWS, FEATURES))), single(random.uniform(size=(ROWS, 1)))
    trained, gap = both(lambda dtype: pretraining(modules, data, dtype, uniforms, references))
    print("pretraining", trained["loss"], f"gap {gap:.1e}")
    chosen, gap = both(lambda dtype: selections(modules, data, dtype))
    print("inference", chosen["2"]["mask"][:3], f"gap {gap:.1e}")
    write("acquisition/gdfs.json", dict(
        repository=DYNAMIC_SELECTION.name, commit=DYNAMIC_SELECTION.commit, license=DYNAMIC_SELECTION.license,
        conventions=[
            "uniforms u become Gumbel noise -log(-log u)",
            "soft = softmax((log_softmax(logits / 0.2) + noise) / temperature), of the plain logits: features already"
            " taken may get weight; softMask = max(mask, soft)",
            "chosen = argmax((logits - 1e6 mask) / 0.2 + noise): the logits are divided by 0.2 here too",
            "each step's loss is the mean cross-entropy / 4; the mask carried on is hard and has no gradient",
            "validation soft mask: softmax((logits - 1e6 mask) / (0.2 temperature)); hard mask its argmax;"
            " each loss is the mean over rows and steps 1..4",
            "pretraining keeps a feature where uniform > reference of the row",
            "inference: argmax of logits - 1e6 mask, no noise",
            "Adam 1e-3, betas .9, .999, eps 1e-8"],
        inputs=rounded(inputs), labels=labels.tolist(),
        parameters=dict(predictor=named(predictor.items()), selector=named(selector.items())),
        joint=runs, pretraining=trained, inference=chosen), limit_bytes=200_000)


# DIME


class LightningModule(nn.Module):
    def optimizers(self):
        return self.optimizer

    def manual_backward(self, loss):
        loss.backward()


def dime_module(folder):
    utils = load(folder / "dime" / "utils.py", "dime.utils")
    return load(folder / "dime" / "cmi_estimator.py", "dime.cmi_estimator", imports=[
        utils, stand_in("pytorch_lightning", LightningModule=LightningModule)]), utils


def estimator(modules, data, dtype, epsilon, costs, scaling):
    module, utils = modules
    _, _, (predictor, _, values) = data
    torch.set_default_dtype(dtype)
    predictor, values = restored(predictor, CLASSES, dtype), restored(values, FEATURES, dtype)
    values[0], values[2] = predictor[0], predictor[2]
    found = module.CMIEstimator(
        values, predictor, utils.MaskLayer(mask_size=FEATURES, append=True), lr=1e-3, max_features=STEPS, eps=epsilon,
        loss_fn=nn.CrossEntropyLoss(reduction="none"), val_loss_fn=None,
        feature_costs=None if costs is None else np.array(costs), cmi_scaling=scaling)
    return found


def training(modules, data, dtype, epsilon, costs, scaling, uniforms, choices):
    module, _ = modules
    inputs, labels, _ = data
    model = estimator(modules, data, dtype, epsilon, costs, scaling)
    gradients, values, losses, actions = [], [], [], []
    module.optim = optimization(gradients)
    model.optimizer = model.configure_optimizers()["optimizer"]
    forward, loss_fn, onehot = model.value_network.forward, model.loss_fn.forward, module.ind_to_onehot

    def valued(x):
        values.append(forward(x))
        return values[-1]

    def lossy(logits, y):
        losses.append((logits.detach().clone(), loss_fn(logits, y)))
        return losses[-1][1]

    def chosen(indices, count):
        actions.append(indices.clone())
        return onehot(indices, count)

    model.value_network.forward, model.loss_fn.forward, module.ind_to_onehot = valued, lossy, chosen
    with draws(uniforms, choices):
        reported = model.training_step((torch.tensor(inputs, dtype=dtype), torch.tensor(labels)), 0)
    module.ind_to_onehot = onehot
    prices = torch.ones(FEATURES) if costs is None else torch.tensor(costs, dtype=dtype)
    steps, mask = [], torch.zeros(ROWS, FEATURES)
    for step in range(STEPS):
        entropy = torch.distributions.Categorical(logits=losses[step][0]).entropy()
        raw = values[step].detach()
        cmi = dict(bounded=raw.sigmoid() * entropy[:, None], positive=nn.functional.softplus(raw), none=raw)[scaling]
        delta = (losses[step][1] - losses[step + 1][1]).detach()
        best = (cmi / prices).argmax(1)
        top = (cmi / prices).topk(2).values
        assert (top[:, 0] - top[:, 1]).min() > 1e-4
        explored = torch.tensor(uniforms[step]) <= epsilon
        assert torch.equal(torch.where(explored, torch.tensor(choices[step]), best), actions[step])
        steps.append(dict(
            maskBefore=rounded(mask), entropy=rounded(entropy), value=rounded(raw), cmi=rounded(cmi),
            best=best.tolist(), randomFeature=choices[step].tolist(), exploreUniforms=rounded(uniforms[step]),
            chosen=actions[step].tolist(), losses=rounded(losses[step + 1][1]), delta=rounded(delta),
            valueLoss=rounded(((cmi[torch.arange(ROWS), actions[step]] - delta) ** 2).mean())))
        mask = torch.max(mask, nn.functional.one_hot(actions[step], FEATURES).to(dtype))
    ids = {id(value): name for name, value in model.named_parameters() if id(value)}
    assert len(ids) == 8
    value_losses = sum(step["valueLoss"] for step in steps) / STEPS
    assert abs(value_losses - float(reported["value_network_loss"].detach())) < 1e-6
    return dict(
        epsilon=epsilon, costs=rounded(prices), scaling=scaling, firstLosses=rounded(losses[0][1]), steps=steps,
        reportedValueLoss=rounded(float(reported["value_network_loss"].detach())),
        reportedPredictorLoss=rounded(float(reported["predictor_loss"].detach())),
        gradients={ids[key]: rounded(value) for key, value in gradients[0].items()},
        parameters={name: rounded(value) for name, value in model.named_parameters()})


def stopped(modules, data, dtype, rule, threshold, costs):
    module, _ = modules
    inputs, labels, _ = data
    model = estimator(modules, data, dtype, 0.0, costs, "bounded")
    model.set_stopping_criterion(**{rule: threshold})
    best, onehot = [], module.ind_to_onehot

    def remembered(indices, count):
        best.append(indices.tolist())
        return onehot(indices, count).to(dtype)  # made float32; a mask's rows are assigned in place

    module.ind_to_onehot = remembered
    with torch.no_grad():
        mask, logits, _ = model.predict_step((torch.tensor(inputs, dtype=dtype), torch.tensor(labels)), 0)
    module.ind_to_onehot = onehot
    return dict(rule=dict(budget="budget", lam="penalized", confidence="confidence")[rule], threshold=threshold,
                costs=costs or [1] * FEATURES, bestAtStep=best, mask=rounded(mask), logits=rounded(logits))


def dime(published, data):
    modules = dime_module(published / DIME.folder)
    random = np.random.default_rng(10)
    inputs, labels, (predictor, _, values) = data
    costs, runs = [1, 2, 1, .5, 3, 1], {}
    for name, epsilon, prices, scaling in (
            ("uniform-costs", .3, None, "bounded"), ("costs", .3, costs, "bounded"),
            ("positive", .3, costs, "positive"), ("unscaled", 0.0, None, "none")):
        uniforms = single(random.uniform(size=(STEPS, ROWS)))
        choices = random.integers(0, FEATURES, size=(STEPS, ROWS))
        runs[name], gap = both(
            lambda dtype: training(modules, data, dtype, epsilon, prices, scaling, uniforms, choices))
        print(name, [step["valueLoss"] for step in runs[name]["steps"]], f"gap {gap:.1e}")
    rules = {}
    for rule, threshold, prices in (
            ("budget", 2, None), ("budget", 3.25, costs), ("budget", 5.0, costs), ("lam", .35, None), ("lam", .3, costs), ("lam", 10.0, None),
            ("confidence", .6, None), ("confidence", .75, None),
            ("confidence", .75, costs)):
        name = f"{rule}-{threshold}" + ("-costs" if prices else "")
        rules[name], gap = both(lambda dtype: stopped(modules, data, dtype, rule, threshold, prices))
        print(name, np.sum(rules[name]["mask"], axis=1), f"gap {gap:.1e}")
    own = {name: value for name, value in values.items() if name.startswith("4.")}
    write("acquisition/dime.json", dict(
        repository=DIME.name, commit=DIME.commit, license=DIME.license,
        conventions=[
            "bounded: cmi = sigmoid(value) * entropy of the prediction before the step (nats, no gradient);"
            " positive: softplus(value); none: value",
            "training: best = argmax(cmi / costs) over all features, taken ones included; a row explores when its"
            " uniform <= epsilon, and the random feature may be a taken one too",
            "delta = loss before - loss after, per row, no gradient; valueLoss = mean over rows of (cmi of the chosen -"
            " delta)^2; backward of (valueLoss + mean loss after) / 5 per step, and of mean first loss / 5",
            "inference: best = argmax((cmi - 1e6 mask) / costs); a row takes it when, for the budget, the cost of mask"
            " and best together <= budget (no cheaper feature is tried), penalized: max of (cmi - 1e6 mask) / costs >"
            " threshold, confidence: largest probability < threshold; and the largest cmi (taken ones included) >= 0",
            "inference ends when no row takes anything, or after 6 steps",
            "Adam 1e-3 over all parameters, tied ones once; betas .9, .999, eps 1e-8"],
        inputs=rounded(inputs), labels=labels.tolist(),
        parameters=dict(predictor=named(predictor.items()), value_network=named(own.items())),
        training=runs, inference=rules), limit_bytes=250_000)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", category=FutureWarning)  # the published code gives Adam a set
    data = problem()
    for repository in (DYNAMIC_SELECTION, DIME):
        repositories.check(repository, arguments.published)
    gdfs(arguments.published, data)
    dime(arguments.published, data)


if __name__ == "__main__":
    main()
