"""Writes graph_torch.json: loss, gradient and Hessian-vector product of a small F1 by PyTorch.

The network is 12-8-8-5: dense, batch norm with the batch's own statistics (eps 1e-3), ReLU, twice;
then dense and the mean softmax cross-entropy of 16 examples. All in float64.

    pip install numpy==2.4.6 torch==2.13.0 && python3 tests/oracles/graph_torch.py
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

WIDTHS = [12, 8, 8, 5]
EXAMPLES = 16
EPSILON = 1e-3

rng = np.random.default_rng(20170419)


def draw(*shape, centre=0.0, size=1.0):
    """Normal entries which float32 holds exactly, so that every engine computes from the same."""
    entries = (centre + size * rng.standard_normal(shape)).astype(np.float32)
    return torch.tensor(entries, dtype=torch.float64)


x = draw(EXAMPLES, WIDTHS[0])
labels = torch.tensor(rng.integers(0, WIDTHS[-1], EXAMPLES))
weights = {}
for layer, (fan_in, fan_out) in enumerate(zip(WIDTHS, WIDTHS[1:])):
    weights[f"kernel{layer}"] = draw(fan_in, fan_out, size=0.5)
    weights[f"bias{layer}"] = draw(fan_out, size=0.3)
    if layer < len(WIDTHS) - 2:
        weights[f"gamma{layer}"] = draw(fan_out, centre=1, size=0.3)
        weights[f"beta{layer}"] = draw(fan_out, size=0.3)
v = {name: draw(*weight.shape) for name, weight in weights.items()}


def loss(*values):
    w = dict(zip(weights, values))
    h = x
    for layer in range(len(WIDTHS) - 1):
        h = h @ w[f"kernel{layer}"] + w[f"bias{layer}"]
        if f"gamma{layer}" in w:
            h = F.batch_norm(
                h, None, None, w[f"gamma{layer}"], w[f"beta{layer}"], training=True, eps=EPSILON
            )
            h = F.relu(h)
    return F.cross_entropy(h, labels)


leaves = [weight.requires_grad_() for weight in weights.values()]
f = loss(*leaves)
gradient = torch.autograd.grad(f, leaves, create_graph=True)
slope = sum((g * t).sum() for g, t in zip(gradient, v.values()))
product = torch.autograd.grad(slope, leaves)


def flat(tensors):
    return {name: tensor.detach().flatten().tolist() for name, tensor in zip(weights, tensors)}


result = {
    "torch": torch.__version__,
    "widths": WIDTHS,
    "examples": EXAMPLES,
    "x": x.flatten().tolist(),
    "labels": labels.tolist(),
    "weights": flat(leaves),
    "v": flat(v.values()),
    "loss": f.item(),
    "gradient": flat(gradient),
    "product": flat(product),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=2) + "\n")
