"""Attributions of a small network: Tests/Fixtures/saliency/mlp.json.

    python Tests/References/make_saliency_fixtures.py      (torch 2.15, captum 0.9.0)

Linear(7, 10)-BN-ReLU-Linear(10, 8)-BN-ReLU-Linear(8, 4) in eval mode (running statistics), 9 rows; per row, the logit
of the class the network predicts. captum's Saliency (abs=False), InputXGradient and IntegratedGradients; the sums of
the latter are also restated here with plain gradients. All in float64; weights and inputs exact in float32.

Layout: stateDictionary (matrices [outputs][inputs]); inputs [9][7]; baselines by name [7]; predicted [9]; logits
[9][4]; gradient, gradientTimesInput [9][7]; integrated runs by name: baseline, rule, steps, attributions [9][7],
delta [9] (sum of the attributions minus the difference of the logits); and nodes {alphas, weights} for each rule.
"""

import captum
import numpy as np
import torch
from captum.attr import InputXGradient, IntegratedGradients, Saliency
from captum.attr._utils.approximation_methods import approximation_parameters
from torch import nn

from fixture_json import write
from rounded import rounded, single


def network():
    torch.manual_seed(21)
    random = np.random.default_rng(21)
    net = nn.Sequential(
        nn.Linear(7, 10), nn.BatchNorm1d(10), nn.ReLU(), nn.Linear(10, 8), nn.BatchNorm1d(8), nn.ReLU(),
        nn.Linear(8, 4))
    with torch.no_grad():
        for norm in (net[1], net[4]):
            count = norm.num_features
            norm.running_mean.copy_(torch.tensor(random.normal(size=count) * .3))
            norm.running_var.copy_(torch.tensor(random.uniform(.3, 2, size=count)))
            norm.weight.copy_(torch.tensor(random.uniform(.5, 1.5, size=count)))
            norm.bias.copy_(torch.tensor(random.normal(size=count) * .3))
        for layer in (net[0], net[3], net[6]):
            layer.weight.mul_(2)
    return net.double().eval(), random


def restated(net, x, baseline, target, alphas, weights):
    total = torch.zeros_like(x)
    for alpha, weight in zip(alphas, weights):
        point = (baseline + alpha * (x - baseline)).requires_grad_()
        logits = net(point)
        total += weight * torch.autograd.grad(logits.gather(1, target[:, None]).sum(), point)[0]
    return total * (x - baseline)


def main():
    torch.set_num_threads(1)
    net, random = network()
    x = torch.tensor(single(random.normal(size=(9, 7)) * 1.5))
    baselines = dict(zero=torch.zeros(7, dtype=torch.float64),
                     mean=torch.tensor(single(random.normal(size=7) * .4)))
    logits = net(x).detach()
    target = logits.argmax(1)
    top = logits.topk(2).values
    assert (top[:, 0] - top[:, 1]).min() > 1e-2
    # No unit near its kink at the inputs, so that gradients are not a matter of rounding.
    hidden = net[1](net[0](x)), net[4](net[3](net[2](net[1](net[0](x)))))
    assert min(float(each.detach().abs().min()) for each in hidden) > 1e-3
    gradient = Saliency(net).attribute(x.clone().requires_grad_(), target=target, abs=False)
    product = InputXGradient(net).attribute(x.clone().requires_grad_(), target=target)
    assert torch.allclose(product, gradient * x)
    runs, nodes = {}, {}
    rules = [("riemann_right", 32), ("riemann_left", 32), ("riemann_middle", 32), ("riemann_trapezoid", 32),
             ("gausslegendre", 16), ("riemann_middle", 1000)]
    for name, baseline in baselines.items():
        for rule, steps in rules:
            sizes, alphas = (function(steps) for function in approximation_parameters(rule))
            nodes[f"{rule}-{steps}"] = dict(alphas=rounded(alphas), weights=rounded(sizes))
            found, delta = IntegratedGradients(net).attribute(
                x, baseline[None].expand_as(x), target=target, n_steps=steps, method=rule,
                return_convergence_delta=True)
            own = restated(net, x, baseline[None], target, alphas, sizes)
            assert torch.allclose(found, own, atol=1e-10), (rule, float((found - own).abs().max()))
            difference = (logits - net(baseline[None]).detach()).gather(1, target[:, None])[:, 0]
            assert torch.allclose(delta, found.sum(1) - difference, atol=1e-9)
            print(name, rule, steps, "largest delta", float(delta.abs().max()))
            runs[f"{name}-{rule}-{steps}"] = dict(
                baseline=name, rule=rule, steps=steps, attributions=rounded(found), delta=rounded(delta))
    nodes = {key: value for key, value in nodes.items() if not key.endswith("1000")}
    write("saliency/mlp.json", dict(
        captum=captum.__version__, torch=torch.__version__.split("+")[0], conventions=[
            "gradient of the predicted class's logit (before the softmax) with respect to the input, sign kept",
            "integrated: (x - baseline) * sum_k weight_k gradient(baseline + alpha_k (x - baseline))",
            "riemann_right: alpha = k/n, k = 1..n, weight 1/n; left: k = 0..n-1; middle: (k - .5)/n, k = 1..n;"
            " trapezoid: n nodes k/(n - 1), k = 0..n-1, weights 1/n and half of it at both ends (captum: they sum to"
            " 1 - 1/n, so this rule is biased); gausslegendre: Legendre nodes on 0..1",
            "batch norms use running statistics, eps 1e-5; the gradient of ReLU at 0 is 0"],
        stateDictionary={k: rounded(v) for k, v in net.state_dict().items() if "tracked" not in k},
        inputs=rounded(x), baselines=rounded(baselines), predicted=target.tolist(), logits=rounded(logits),
        gradient=rounded(gradient), gradientTimesInput=rounded(product), nodes=nodes, integrated=runs),
        limit_bytes=100_000)


if __name__ == "__main__":
    main()
